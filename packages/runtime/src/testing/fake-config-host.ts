import { type Diagnostic, type Json, type ManifestSource, UserError } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { ConfigHost, EvaluateRequest, Evaluation, FunctionCall, FunctionHost } from '../ports/config-host.js'
import type { ManifestLoad } from '../ports/manifests.js'
import type { Processes } from '../ports/processes.js'
import { type FakeConfigScript, type FakeDraft, type FakeEnd, fakeDraft } from './fake-config.js'
import type { FakeProgram } from './fake-processes.js'

export interface FakeConfigHostOptions {
  readonly clock: Clock
  /** Runs the commands of `exec`. With fake processes, install `serverProgram` for servers that are functions. */
  readonly processes: Processes
  /** By absolute path. */
  readonly configs?: Readonly<Record<string, FakeConfigScript>>
  /** How long a config or a function may block. @default 10000 */
  readonly blockedMs?: number
}

export interface FakeConfigHost extends ConfigHost {
  /** Writes a config, or removes it. */
  write(path: string, script: FakeConfigScript | undefined): void
  /** How many evaluations were asked for. */
  readonly evaluations: number
  /** What `FunctionHost.argv` names: install it as `fakeServerName`. */
  readonly serverProgram: FakeProgram
}

/** How long a function may go on after it was aborted. */
const abortMs = 10_000

/** First word of the argv of servers that are functions. */
export const fakeServerName = 'fake-config-server'

interface Life {
  readonly ended: Promise<FakeEnd>
  end(end: FakeEnd): Promise<never>
}

/**
 * Evaluates configs that are functions, in this process: they declare, print, read, run commands, fail, block and die
 * with the outcome that real ones have.
 *
 * @example
 * const configHost = fakeConfigHost({ clock, processes, configs: {
 *   '/repo/tilt.config.ts': (config) => config.local('api', { serveCmd: 'serve' }),
 * } })
 */
export function fakeConfigHost(options: FakeConfigHostOptions): FakeConfigHost {
  const { clock, processes } = options
  const blockedMs = options.blockedMs ?? 10_000
  const configs = new Map(Object.entries(options.configs ?? {}))
  const closing = new AbortController()
  const servers = new Map<string, { readonly request: EvaluateRequest; readonly fnId: string; readonly call: string }>()
  let evaluations = 0

  const evaluateDraft = async (
    request: EvaluateRequest,
    signal: AbortSignal,
  ): Promise<{ readonly draft: FakeDraft; readonly failure: readonly Diagnostic[] }> => {
    const life = createLife()
    const draft = fakeDraft({
      request,
      end: life.end,
      exec: (argv) => exec(processes, request, argv, signal),
      render: (sources) => render(request, sources, signal),
    })
    const script = configs.get(request.mainPath)
    const run = async (): Promise<readonly Diagnostic[]> => {
      // As from another process: never in the turn of the call.
      await Promise.resolve()
      if (script === undefined) return [complaint('config/no-config', `${request.mainPath} does not exist`)]
      await script(draft.config)
      return []
    }
    const canceled = aborted(signal).then(() => [complaint('config/canceled', 'build canceled')])
    const ended = life.ended.then(async (end) => {
      if (end.kind === 'block') await clock.sleep(blockedMs)
      return [endOfConfig(end, blockedMs)]
    })
    return { draft, failure: await Promise.race([run().catch(thrownBy), canceled, ended]) }
  }

  const functionsOf = (request: EvaluateRequest, draft: FakeDraft): FunctionHost => {
    let life = createLife()
    let released: Promise<void> | undefined
    const running = new Set<Promise<void>>()

    const run = async (call: FunctionCall, signal: AbortSignal): Promise<unknown> => {
      const { fnId, context, args, timeoutMs, onLog } = call
      const fn = draft.functions.get(fnId) as ((...args: readonly unknown[]) => unknown) | undefined
      if (released !== undefined) throw stopped('The config was evaluated again meanwhile: its functions are gone')
      if (fn === undefined) throw stopped(`The config has no function ${fnId}`)
      if (signal.aborted) throw stopped('The function was stopped before it began')
      const mine = life
      const abort = new AbortController()
      let giveUp = (_error: UserError): void => {}
      const late = new Promise<never>((_resolve, reject) => {
        giveUp = reject
      })
      const timers: (() => void)[] = []
      const onAbort = (): void => {
        abort.abort(new Error('the step was stopped'))
        timers.push(clock.timer(abortMs, () => giveUp(stopped('The function was stopped, and did not end'))))
      }
      signal.addEventListener('abort', onAbort, { once: true })
      const tooLong = complaint('function/timeout', `The function ${fnId} did not end within ${timeoutMs} ms`)
      if (timeoutMs > 0) {
        timers.push(
          clock.timer(timeoutMs, () => {
            abort.abort(new Error(tooLong.message))
            giveUp(new UserError([tooLong]))
          }),
        )
      }
      const ended = mine.ended.then(async (end) => {
        if (end.kind === 'block') await clock.sleep(blockedMs)
        if (life === mine) life = createLife()
        throw new UserError([endOfFunction(fnId, end, blockedMs)])
      })
      const step = {
        ...context,
        signal: abort.signal,
        log: (text: string) => onLog(`${text}\n`),
        die: dies(mine),
        block: blocks(mine),
      }
      try {
        // as plain data from another process
        const given: readonly unknown[] = args === undefined ? [step] : (structuredClone(args) as readonly unknown[])
        const value = await Promise.race([Promise.resolve().then(() => fn(...given)), late, ended])
        if (signal.aborted) throw stopped('The function was stopped')
        return plain(value)
      } catch (error) {
        if (signal.aborted) throw stopped('The function was stopped')
        throw error instanceof UserError ? error : new UserError([complaint('function/threw', messageOf(error))])
      } finally {
        for (const cancel of timers) cancel()
        signal.removeEventListener('abort', onAbort)
      }
    }
    return {
      call(call, signal) {
        const result = run(call, signal)
        const settled: Promise<void> = result.then(
          () => {},
          () => {},
        )
        running.add(settled)
        void settled.then(() => running.delete(settled))
        return result
      },
      argv(fnId, context) {
        const key = `${fnId} ${servers.size + 1}`
        servers.set(key, { request, fnId, call: JSON.stringify(context) })
        return [fakeServerName, key]
      },
      release() {
        released ??= Promise.all(running).then(() => {})
        return released
      },
    }
  }

  const evaluate = async (request: EvaluateRequest, signal: AbortSignal): Promise<Evaluation> => {
    evaluations += 1
    const { draft, failure } = await evaluateDraft(request, AbortSignal.any([signal, closing.signal]))
    return { result: draft.result(failure), functions: functionsOf(request, draft) }
  }

  const serverProgram: FakeProgram = async (self) => {
    const server = servers.get(self.argv[1] ?? '')
    if (server === undefined) throw new Error(`no such server: ${self.argv.join(' ')}`)
    const abort = new AbortController()
    self.onSignal('SIGTERM', () => abort.abort(new Error('the server was stopped')))
    const { functions } = await evaluate({ ...server.request, onLog: () => {} }, self.ended)
    const context = JSON.parse(server.call) as FunctionCall['context']
    const call = { fnId: server.fnId, context, timeoutMs: 0, onLog: self.stdout }
    try {
      await functions.call(call, abort.signal)
      return 0
    } catch (error) {
      if (abort.signal.aborted) return 0
      self.stderr(`${messageOf(error)}\n`)
      return 1
    }
  }

  return {
    prepare: () => {},
    evaluate,
    close: async () => closing.abort(new Error('closed')),
    write(path, script) {
      if (script === undefined) configs.delete(path)
      else configs.set(path, script)
    },
    get evaluations() {
      return evaluations
    },
    serverProgram,
  }
}

function createLife(): Life {
  let onEnd = (_end: FakeEnd): void => {}
  const ended = new Promise<FakeEnd>((resolve) => {
    onEnd = resolve
  })
  return {
    ended,
    end(end) {
      onEnd(end)
      return new Promise<never>(() => {})
    },
  }
}

const dies = (life: Life) => (signal: string) => life.end({ kind: 'signal', signal })
const blocks = (life: Life) => () => life.end({ kind: 'block' })

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

async function render(
  request: EvaluateRequest,
  sources: readonly ManifestSource[],
  signal: AbortSignal,
): Promise<ManifestLoad> {
  if (request.render === undefined) throw new Error('The manifests could not be read: nothing here reads manifests')
  return await request.render(sources, signal)
}

async function exec(
  processes: Processes,
  request: EvaluateRequest,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const output = { stdout: '', stderr: '' }
  request.onLog(`exec: ${argv.join(' ')}\n`, 'info')
  const dir = request.mainPath.slice(0, request.mainPath.lastIndexOf('/')) || '/'
  const onOutput = (text: string, stream: 'stdout' | 'stderr'): void => {
    output[stream] += text
    request.onLog(text, 'info')
  }
  const running = processes.spawn({ argv, dir, env: request.env, onOutput })
  const stop = (): void => void running.stop(0)
  signal.addEventListener('abort', stop, { once: true })
  const { exitCode } = await running.exited
  signal.removeEventListener('abort', stop)
  if (exitCode === 0) return output
  throw new UserError([complaint('config/exec-failed', `\`${argv.join(' ')}\` exited with code ${exitCode}`)])
}

const complaint = (code: Diagnostic['code'], message: string): Diagnostic => ({
  code,
  severity: 'error',
  message,
  places: [],
})

const stopped = (message: string): UserError => new UserError([complaint('function/threw', message)])
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const thrownBy = (error: unknown): readonly Diagnostic[] =>
  error instanceof UserError ? error.diagnostics : [complaint('config/threw', messageOf(error))]

function endOfConfig(end: FakeEnd, blockedMs: number): Diagnostic {
  if (end.kind === 'exit') return complaint('config/process-exit', `The config called process.exit(${end.code})`)
  if (end.kind === 'block') return complaint('config/blocked', `The config blocked its event loop for ${blockedMs} ms`)
  return complaint('config/died', `The process of the config ended before the config did: ${end.signal}`)
}

function endOfFunction(fnId: string, end: FakeEnd, blockedMs: number): Diagnostic {
  if (end.kind === 'block')
    return complaint('function/blocked', `The function ${fnId} blocked its event loop for ${blockedMs} ms`)
  const how = end.kind === 'exit' ? `exit code ${end.code}` : end.signal
  return complaint('function/threw', `The process of the config ended while the function was running: ${how}`)
}

function plain(value: unknown): Json | undefined {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Json)
}
