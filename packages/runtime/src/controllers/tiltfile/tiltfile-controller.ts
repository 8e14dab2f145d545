import type { LogStore } from '@tiltts/core/logs'
import { addCause } from '@tiltts/core/schedule'
import { evaluationSpan } from '@tiltts/core/status'
import type { ObjectStore } from '@tiltts/core/store'
import { configWatchName, type Tiltfile, type Update, wellKnown } from '@tiltts/spec'
import type { FunctionRegistry } from '../../functions/registry.js'
import type { Clock } from '../../ports/clock.js'
import type { Compose } from '../../ports/compose.js'
import type { ConfigHost } from '../../ports/config-host.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import type { Manifests } from '../../ports/manifests.js'
import { type NameController, own, resourceOf, watch } from '../controller.js'
import type { Tasks } from '../tasks.js'
import type { UpdateNames } from '../update-names.js'
import { createUpdate, runningStatus } from '../update-record.js'
import { applyEvaluation } from './apply.js'
import { cancelled, type Evaluated, evaluateConfig } from './evaluate.js'
import { causeOfRun, type EvaluationRun, tellEnd, tellStart } from './evaluation-run.js'
import { evaluationStarted, eventsSeen, lastSequence, reasonsToEvaluate } from './transitions.js'

export interface TiltfileControllerDeps {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly clock: Clock
  readonly configHost: ConfigHost
  readonly compose: Compose
  readonly kubernetes: Pick<Kubernetes, 'context'>
  readonly manifests: Manifests
  readonly functions: FunctionRegistry
  readonly tasks: Tasks
  readonly names: UpdateNames
  readonly command: 'dev' | 'ci'
  readonly env: Readonly<Record<string, string>>
  readonly wake: (name: string) => void
  readonly onNames?: ((names: readonly string[]) => void) | undefined
}

export interface TiltfileController extends NameController {
  /** Ends the evaluation that runs, if one does. Returns whether. */
  cancel(): boolean
  /** Ends it for good: its result is not put in place, nor is its end written down. */
  close(): void
}

const name = wellKnown.tiltfile

/** Evaluates the config whenever something asks for it, one evaluation at a time, and puts good graphs in place. */
export function tiltfileController(deps: TiltfileControllerDeps): TiltfileController {
  const { store, logs, clock, tasks } = deps
  const watchName = configWatchName(name)
  let running: EvaluationRun | undefined
  let closed = false

  const takeEvents = (): void => {
    const watched = store.get('FileWatch', watchName)?.status
    const files = watched?.fileEvents.at(-1)?.seenFiles
    store.update({ by: 'tiltfile', resource: name, ...(files && { causes: [{ reason: 'files', files }] }) }, (tx) =>
      tx.status('Tiltfile', name, (status) => eventsSeen(status, watched)),
    )
  }

  const begin = (tiltfile: Tiltfile, asked: Update | undefined): void => {
    const { args } = tiltfile.spec
    const startedAt = clock.now()
    const run: EvaluationRun = {
      tiltfile,
      update: asked?.metadata.name ?? deps.names.next(name),
      span: evaluationSpan(tiltfile.status.evaluations + 1),
      abort: new AbortController(),
      startedAt,
      sequence: lastSequence(store.get('FileWatch', watchName)?.status),
      fromSeq: logs.nextSeq,
      causes: reasonsToEvaluate(tiltfile.status, args).reduce(addCause, asked?.spec.causes ?? []),
    }
    running = run
    store.update(causeOfRun(run), (tx) => {
      tx.status('Tiltfile', name, (status) => evaluationStarted(status, args, run.causes, startedAt))
      if (asked === undefined) createUpdate(tx, { name: run.update, resource: name, causes: run.causes }, startedAt)
      else tx.spec('Update', run.update, (spec) => ({ ...spec, causes: run.causes }))
      tx.status('Update', run.update, (status) => runningStatus(status, startedAt, run.span))
    })
    tellStart(logs, run)
    tasks.run('evaluation of the config', () => evaluate(run))
  }

  const evaluate = async (run: EvaluationRun): Promise<void> => {
    const { path, args } = run.tiltfile.spec
    const evaluated = await evaluateConfig(
      deps,
      { mainPath: path, args, command: deps.command, env: deps.env },
      (text, level) => logs.append(run.span, text, level),
      run.abort.signal,
    )
    logs.flush(run.span)
    learnSecrets(evaluated, run.fromSeq)
    if (closed) return evaluated.functions?.release()
    const now = clock.now()
    tellEnd(logs, run, evaluated, now)
    putFunctions(evaluated)
    applyEvaluation(store, run, evaluated, { command: deps.command, now })
    running = undefined
    if (evaluated.linked !== undefined) deps.onNames?.(evaluated.linked.resources.map((resource) => resource.name))
    deps.wake(name)
  }

  const learnSecrets = ({ result }: Evaluated, fromSeq: number): void => {
    if (result.secrets.length > 0 && result.graph?.settings.disableScrub !== true)
      logs.addSecrets(result.secrets, fromSeq)
  }

  /** The functions of a good config take the place of those before. Hosts that nobody needs any more are let go. */
  const putFunctions = ({ linked, result, functions }: Evaluated): void => {
    const kept = linked !== undefined && result.hasFunctions ? functions : undefined
    const replaced = linked === undefined ? undefined : deps.functions.replace(kept)
    for (const host of [replaced, kept === undefined ? functions : undefined])
      if (host !== undefined) tasks.run('release of functions', () => host.release())
  }

  return {
    name: 'tiltfile',
    watches: [
      own('Tiltfile'),
      watch('FileWatch', (change) => (change.name === watchName ? [name] : [])),
      watch('Update', (change) => (resourceOf(change) === name ? [name] : [])),
    ],
    reconcile(changed) {
      if (changed !== name) return
      takeEvents()
      const tiltfile = store.get('Tiltfile', name)
      if (tiltfile === undefined || running !== undefined) return
      const asked = store.ofResource('Update', name).find((update) => update.status.phase === 'queued')
      if (asked === undefined && reasonsToEvaluate(tiltfile.status, tiltfile.spec.args).length === 0) return
      begin(tiltfile, asked)
    },
    cancel() {
      running?.abort.abort(new Error(cancelled))
      return running !== undefined
    },
    close() {
      closed = true
      running?.abort.abort(new Error(cancelled))
    },
  }
}
