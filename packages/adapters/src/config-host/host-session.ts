import type { Clock, EvaluateRequest, FunctionContext } from '@tiltts/runtime/ports'
import type { ConfigRead, Diagnostic, EvaluationResult, LogLevel, Place, SecretSpec } from '@tiltts/spec'
import { type BlockedAt, lookWhereBlocked } from './blocked-place.js'
import {
  blocked,
  bug,
  canceled,
  type Deed,
  died,
  functionBlocked,
  functionStopped,
  howItEnded,
  neverStarted,
} from './complaints.js'
import { createCommands } from './engine-commands.js'
import { answerRender } from './engine-render.js'
import { type Heartbeat, startHeartbeat } from './heartbeat.js'
import { type HostExit, startHostProcess } from './host-process.js'
import type { ConfigHostLimits, ConfigHostOptions } from './options.js'
import type { CallOutcome, FromHost, HostRequest } from './protocol.js'

/**
 * `starting` → `standby` → `evaluating` → `serving` → `draining` → `gone`. Each step has a limit: to be ready, to answer
 * while evaluating or serving, to leave. Any of them may end in `gone` at once.
 */
export type HostState = 'starting' | 'standby' | 'evaluating' | 'serving' | 'draining' | 'gone'

export type LogSink = (text: string, level: LogLevel) => void

export interface HostEvaluation {
  readonly result: EvaluationResult
  /** Where each function was handed to tiltts. */
  readonly places: ReadonlyMap<string, Place>
  readonly lent: boolean
}

export interface RunningCall {
  /** Never rejects. Resolves as a failure too when the host goes. */
  readonly outcome: Promise<CallOutcome>
  abort(reason: string): void
}

/** One host, from its start until it is gone. */
export interface HostSession {
  readonly state: HostState
  /** Once. Never rejects: whatever goes wrong is in the diagnostics. */
  evaluate(
    request: HostRequest,
    onLog: LogSink,
    signal: AbortSignal,
    render?: EvaluateRequest['render'],
  ): Promise<HostEvaluation>
  /** When serving. With `args`, the function gets these in place of the context. */
  call(fnId: string, context: FunctionContext, onLog: LogSink, args?: readonly unknown[]): RunningCall
  /** Waits for nothing that is running. Resolves when it is gone. */
  leave(): Promise<void>
  kill(): Promise<void>
  /** Resolves when the process and all commands it asked for have ended. */
  readonly gone: Promise<void>
}

export interface HostSessionOptions
  extends Required<Pick<ConfigHostOptions, 'processes' | 'entry' | 'env' | 'onGroup'>>,
    Pick<ConfigHostOptions, 'cliPackageDir' | 'version'> {
  readonly clock: Clock
  readonly limits: ConfigHostLimits
  readonly entry: NonNullable<ConfigHostOptions['entry']>
  readonly env: NonNullable<ConfigHostOptions['env']>
  readonly onGroup: NonNullable<ConfigHostOptions['onGroup']>
}

interface Call {
  readonly fnId: string
  readonly onLog: LogSink
  readonly settle: (outcome: CallOutcome) => void
}

/** How long a blocked process has to let the debugger in. */
const lookMs = 2_000

export function startHostSession(options: HostSessionOptions): HostSession {
  const { clock, limits, processes } = options
  const reads = new Map<string, ConfigRead>()
  const secrets: SecretSpec[] = []
  const calls = new Map<number, Call>()
  let state: HostState = 'starting'
  let deed: Deed | undefined
  let evaluationLog: LogSink = () => {}
  let render: EvaluateRequest['render']
  const over = new AbortController()
  let onStandby = (): void => {}
  let onResult = (_evaluation: HostEvaluation): void => {}
  let heartbeat: Heartbeat | undefined
  let lastCall = 0
  /** Why the engine ended it, when it did. */
  let verdict: Diagnostic | undefined

  const scrubbed = (text: string): string =>
    secrets.reduce((clean, { value, replacement }) => clean.replaceAll(value, replacement), text)
  const log = (call: number, text: string, level: LogLevel): void => {
    heartbeat?.printed()
    const sink = calls.get(call)?.onLog ?? evaluationLog
    sink(scrubbed(text), level)
  }

  const take = (message: FromHost): void => {
    switch (message.type) {
      case 'standby':
        if (state === 'starting') state = 'standby'
        onStandby()
        break
      case 'pong':
        heartbeat?.pong()
        break
      case 'read':
        reads.set(readKey(message.read), message.read)
        break
      case 'secret':
        secrets.push(message.secret)
        break
      case 'deed':
        deed = message.deed && { call: message.call, deed: message.deed, places: message.places }
        break
      case 'exec':
        commands.start(message)
        break
      case 'render':
        void answerRender(render, message.sources, over.signal).then((outcome) =>
          host.send({ type: 'rendered', id: message.id, outcome }),
        )
        break
      case 'bug':
        verdict ??= bug(message.message)
        break
      case 'settled':
        settle(message.id, message.outcome)
        break
      case 'result': {
        const places = message.functions.flatMap(({ id, place }) => (place ? [[id, place] as const] : []))
        onResult({ result: withReads(message.result), places: new Map(places), lent: message.lent })
        break
      }
    }
  }
  const host = startHostProcess({
    entry: options.entry,
    setup: { cliPackageDir: options.cliPackageDir, version: options.version },
    env: options.env,
    sink: { message: take, log: ({ call, text, level }) => log(call, text, level) },
    onRawOutput: (text, level) => log(0, text, level),
  })
  if (host.pid !== undefined) options.onGroup(host.pid)
  const commands = createCommands({ processes, graceMs: limits.commandGraceMs, send: host.send, log })

  const startLimit = clock.timer(limits.startMs, () => {
    if (state === 'starting') host.kill()
  })
  const exited = host.exited.then((exit) => {
    state = 'gone'
    over.abort(new Error('the process of the config is gone'))
    startLimit()
    stopHeartbeat()
    for (const id of [...calls.keys()]) settle(id, failure(functionStopped(reasonOfEnd(verdict, exit))))
    return exit
  })
  const gone = exited.then(() => commands.stop())
  const standby = new Promise<void>((resolve) => {
    onStandby = resolve
  })

  /** The reads of a result, and those the loader told of. */
  const withReads = (result: EvaluationResult): EvaluationResult => {
    const all = new Map(result.reads.map((read) => [readKey(read), read]))
    for (const [key, read] of reads) if (!all.has(key)) all.set(key, read)
    return { ...result, reads: [...all.values()] }
  }
  const failed = (mainPath: string, diagnostic: Diagnostic): HostEvaluation => ({
    result: withReads({
      graph: undefined,
      diagnostics: [diagnostic],
      reads: [{ path: mainPath, kind: 'file' }],
      secrets,
      hasFunctions: false,
    }),
    places: new Map(),
    lent: false,
  })

  const settle = (id: number, outcome: CallOutcome): void => {
    const call = calls.get(id)
    if (call === undefined) return
    calls.delete(id)
    // What a call has started ends with it.
    commands.stopCall(id)
    if (calls.size === 0 && state !== 'evaluating') stopHeartbeat()
    call.settle(outcome)
  }

  const watch = (onBlocked: () => void): void => {
    heartbeat ??= startHeartbeat({
      clock,
      limitMs: limits.blockedMs,
      ping: () => host.send({ type: 'ping' }),
      onBlocked,
    })
  }
  const stopHeartbeat = (): void => {
    heartbeat?.stop()
    heartbeat = undefined
  }
  const look = async (): Promise<BlockedAt> => {
    // Inside a command that it waits for, no debugger comes in; but that it went there was told before.
    if (deed?.deed === 'spawnSync') return deed
    const unknown: BlockedAt = { places: [], call: undefined }
    const limit = new AbortController()
    const late = clock.sleep(lookMs, limit.signal).then(
      () => unknown,
      () => unknown,
    )
    const found = await Promise.race([
      host
        .openInspector()
        .then(lookWhereBlocked)
        .catch(() => unknown),
      late,
    ])
    limit.abort()
    return found
  }
  const functionsAreBlocked = async (): Promise<void> => {
    // Calls from now on go to another host.
    state = 'draining'
    const at = await look()
    for (const [id, { fnId }] of [...calls]) {
      const guilty = at.call === undefined || at.call === 0 || at.call === id
      if (guilty) settle(id, failure(functionBlocked(fnId, limits.blockedMs, at.places)))
    }
    const other = 'The function was ended: another function of the config blocked the process they share'
    for (const id of [...calls.keys()]) settle(id, failure(functionStopped(other)))
    host.kill()
  }

  return {
    get state() {
      return state
    },
    gone,
    async evaluate(request, onLog, signal, renderManifests) {
      evaluationLog = onLog
      render = renderManifests
      const ended = exited.then((exit) => failed(request.mainPath, verdict ?? died(exit, deed)))
      const cancel = (): void => {
        verdict = canceled
        host.kill()
      }
      if (signal.aborted) cancel()
      signal.addEventListener('abort', cancel)
      const early = await Promise.race([standby, exited])
      if (early !== undefined) {
        signal.removeEventListener('abort', cancel)
        return failed(request.mainPath, verdict ?? neverStarted(early))
      }
      state = 'evaluating'
      watch(() => {
        void look().then((at) => {
          verdict = blocked(limits.blockedMs, at.places, deed)
          host.kill()
        })
      })
      const result = new Promise<HostEvaluation>((resolve) => {
        onResult = resolve
      })
      host.send({ type: 'evaluate', request })
      const evaluation = await Promise.race([result, ended])
      signal.removeEventListener('abort', cancel)
      stopHeartbeat()
      if (state === 'evaluating') state = 'serving'
      return evaluation
    },
    call(fnId, context, onLog, args) {
      lastCall += 1
      const id = lastCall
      const outcome = new Promise<CallOutcome>((resolve) => {
        calls.set(id, { fnId, onLog, settle: resolve })
      })
      if (state === 'gone') settle(id, failure(functionStopped('The process of the config is gone')))
      else {
        watch(() => void functionsAreBlocked())
        host.send({ type: 'call', id, fnId, context, args })
      }
      return {
        outcome,
        abort(reason) {
          host.send({ type: 'abort', id, reason })
          commands.stopCall(id)
        },
      }
    },
    async leave() {
      if (state !== 'gone') {
        state = 'draining'
        host.send({ type: 'leave' })
        const late = clock.timer(limits.leaveMs, host.kill)
        await exited
        late()
      }
      await gone
    },
    async kill() {
      host.kill()
      await gone
    },
  }
}

const readKey = ({ kind, path, depth }: ConfigRead): string => `${kind}${depth ?? ''} ${path}`
const failure = (diagnostic: Diagnostic): CallOutcome => ({ ok: false, diagnostics: [diagnostic] })

const reasonOfEnd = (verdict: Diagnostic | undefined, exit: HostExit): string =>
  verdict?.message ?? `The process of the config ended while the function was running: ${howItEnded(exit)}`
