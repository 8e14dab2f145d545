import type { ConfigHost, EvaluateRequest, Evaluation, FunctionContext, FunctionHost } from '@tiltts/runtime/ports'
import { UserError } from '@tiltts/spec'
import { canceled, functionStopped } from './complaints.js'
import { hostExecArgv } from './entry.js'
import { createFunctionHost } from './function-host.js'
import { type HostEvaluation, type HostSession, type LogSink, startHostSession } from './host-session.js'
import { type ConfigHostOptions, defaultLimits } from './options.js'
import type { HostRequest } from './protocol.js'
import { encodeServerRequest } from './server-argv.js'
import { sourceEntry } from './source-entry.js'

/**
 * Evaluates configs in processes of their own: a fresh one for each evaluation, the next one already waiting. What a
 * config does to its process, from an endless loop to a crash, ends that process and is told as a diagnostic.
 *
 * @example
 * ```ts
 * const configHost = createConfigHost({ processes, clock, cliPackageDir, version: '1.2.3' })
 * configHost.prepare()
 * const { result, functions } = await configHost.evaluate(
 *   { mainPath: '/repo/tilt.config.ts', args: [], command: 'dev', env, onLog: (text) => process.stdout.write(text) },
 *   signal,
 * )
 * ```
 */
export function createConfigHost(options: ConfigHostOptions): ConfigHost {
  const entry = options.entry ?? sourceEntry()
  const limits = { ...defaultLimits, ...options.limits }
  const { clock, processes, cliPackageDir, version } = options
  const setup = { cliPackageDir, version }
  const hosts = new Set<HostSession>()
  let standby: HostSession | undefined
  let cancelNext = (): void => {}
  let closed = false
  let hasTold = false

  const start = (): HostSession => {
    const host = startHostSession({
      processes,
      clock,
      limits,
      cliPackageDir,
      version,
      entry,
      env: options.env ?? process.env,
      onGroup: options.onGroup ?? (() => {}),
    })
    hosts.add(host)
    void host.gone.then(() => hosts.delete(host))
    return host
  }
  const prepare = (): void => {
    cancelNext()
    if (closed || (standby !== undefined && standby.state !== 'gone')) return
    standby = start()
  }
  const evaluateIn = async (
    request: HostRequest,
    onLog: LogSink,
    signal: AbortSignal,
    render: EvaluateRequest['render'],
  ): Promise<{ readonly host: HostSession; readonly evaluation: HostEvaluation }> => {
    const waiting = standby?.state === 'gone' ? undefined : standby
    const host = waiting ?? start()
    standby = undefined
    cancelNext()
    const evaluation = await host.evaluate(request, onLog, signal, render)
    if (options.keepStandby !== false && !closed) cancelNext = clock.timer(limits.standbyDelayMs, prepare)
    return { host, evaluation }
  }
  const argvFor =
    (request: HostRequest) =>
    (fnId: string, context: FunctionContext): readonly string[] => [
      process.execPath,
      ...hostExecArgv,
      ...entry.execArgv,
      entry.path,
      'server',
      encodeServerRequest(setup, request, fnId, context),
    ]

  return {
    prepare,
    async evaluate({ onLog, render, ...request }, signal) {
      if (closed) return afterClose(request, argvFor(request))
      const { host, evaluation } = await evaluateIn(request, onLog, signal, render)
      const { result, lent } = evaluation
      if (lent && !hasTold) {
        hasTold = true
        onLog(lentHint, 'info')
      }
      if (result.graph === undefined || !result.hasFunctions) {
        void host.leave()
        return { result, functions: noFunctions(argvFor(request)) }
      }
      // What the config prints when it is evaluated once more for its functions has been shown already.
      const again = () => evaluateIn(request, () => {}, new AbortController().signal, render)
      return {
        result,
        functions: createFunctionHost({ host, evaluation, again, argv: argvFor(request), clock, limits }),
      }
    },
    async close() {
      closed = true
      cancelNext()
      await Promise.all([...hosts].map((host) => host.kill()))
    },
  }
}

const lentHint =
  'This project has no tiltts installed, so the running one is used. For types in your editor: npm install --save-dev tiltts\n'

function noFunctions(argv: FunctionHost['argv']): FunctionHost {
  return {
    call: ({ fnId }) => Promise.reject(new UserError([functionStopped(`The config has no function ${fnId}`)])),
    argv,
    release: async () => {},
  }
}

function afterClose({ mainPath }: Pick<EvaluateRequest, 'mainPath'>, argv: FunctionHost['argv']): Evaluation {
  return {
    result: {
      graph: undefined,
      diagnostics: [canceled],
      reads: [{ path: mainPath, kind: 'file' }],
      secrets: [],
      hasFunctions: false,
    },
    functions: noFunctions(argv),
  }
}
