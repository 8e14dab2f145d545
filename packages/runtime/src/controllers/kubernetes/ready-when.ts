import type { LogStore } from '@tiltts/core/logs'
import type { FunctionRef, KubernetesManifest, ObjectState } from '@tiltts/spec'
import { callFunction } from '../../functions/call.js'
import type { FunctionRegistry } from '../../functions/registry.js'
import type { Tasks } from '../tasks.js'

export interface ReadyWhenDeps {
  readonly functions: FunctionRegistry
  readonly tasks: Tasks
  readonly logs: Pick<LogStore, 'span' | 'append'>
  /** A resource has another judgement now. */
  readonly onJudged: (resource: string) => void
}

export interface ReadyWhenQuestion {
  readonly resource: string
  readonly fn: FunctionRef
  readonly uid: string
  readonly object: KubernetesManifest
}

type Verdict = Pick<ObjectState, 'state' | 'message'>

/** Asks the user's own function whether objects are ready, once for each state of an object. */
export interface ReadyWhen {
  /** What is known by now; what is not is asked for, and told by `onJudged`. */
  judge(question: ReadyWhenQuestion): Verdict
  forget(uid: string): void
  close(): void
}

const timeoutMs = 10_000

export function readyWhen({ functions, tasks, logs, onJudged }: ReadyWhenDeps): ReadyWhen {
  const known = new Map<string, { readonly asked: string; readonly verdict: Verdict }>()
  const asking = new Set<string>()
  const ending = new AbortController()

  const ask = ({ resource, fn, uid, object }: ReadyWhenQuestion, asked: string): void => {
    asking.add(uid)
    tasks.run(`readyWhen of ${resource}`, async () => {
      const span = `monitor:${resource}`
      logs.span({ id: span, resource, source: 'runtime' })
      const onLog = (text: string): void => void logs.append(span, text, 'info')
      const context = { resource, env: {}, dir: '/', inputs: {}, changedFiles: [] }
      const end = await callFunction(functions, { fn, context, args: [object], timeoutMs, onLog }, ending.signal)
      asking.delete(uid)
      if (ending.signal.aborted) return
      const before = known.get(uid)?.verdict
      const verdict = verdictOf(end, object)
      known.set(uid, { asked, verdict })
      if (!end.ok && before?.message !== verdict.message) logs.append(span, `${end.report}\n`, 'error')
      onJudged(resource)
    })
  }

  return {
    judge(question) {
      const { uid, fn, object } = question
      const asked = `${fn.hash}/${String(object.metadata['resourceVersion'] ?? '')}`
      const present = known.get(uid)
      if (present?.asked !== asked && !asking.has(uid)) ask(question, asked)
      return present?.verdict ?? { state: 'progressing', message: 'readyWhen has not answered yet' }
    },
    forget: (uid) => void known.delete(uid),
    close: () => ending.abort(new Error('the session ends')),
  }
}

function verdictOf(end: Awaited<ReturnType<typeof callFunction>>, { kind, metadata }: KubernetesManifest): Verdict {
  if (!end.ok) return { state: 'progressing', message: `readyWhen failed: ${end.message}` }
  return end.value === true
    ? { state: 'ready' }
    : { state: 'progressing', message: `readyWhen says that ${kind} ${metadata.name} is not ready` }
}
