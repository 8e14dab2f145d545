import { basename } from 'node:path'
import { createSession, eachStep, globalSpan, type Session, type SessionOutcome } from '@tiltts/runtime'
import { exitCode, type Invocation } from '../cli/command.js'
import { textFlag } from '../cli/parse.js'
import { portOf } from '../sessions/connect.js'
import { serveAtPort } from '../sessions/ports.js'
import { publishApi } from '../sessions/publish-api.js'
import { announceSession } from '../sessions/registry.js'
import { sessionToken } from '../sessions/token.js'
import { hasColour } from '../terminal/colour.js'
import { packageVersion } from '../version.js'
import { openLogArchive, sessionEnv } from './compose.js'
import { portsFor, warn } from './invoked-ports.js'
import { isLoopback, sessionUrl } from './session-url.js'
import { onSignals } from './signals.js'

/** Addresses at which a session answers whoever calls it by them. */
const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1'])

export interface HostOptions {
  readonly ciTimeoutMs?: number | undefined
  /** Whether images that earlier sessions have built count. @default true */
  readonly useRecords?: boolean | undefined
  /** Whether local ports are opened that lead to pods. @default true */
  readonly portForwards?: boolean | undefined
  readonly onNames?: (mainPath: string, names: readonly string[]) => Promise<void>
}

/** How a session ended: by itself, or with the code that was asked for. */
export interface SessionEnd {
  readonly code: number
  readonly outcome: SessionOutcome | undefined
}

/** An engine in this process, with its server, from before its start to after its end. */
export interface HostedSession {
  readonly session: Session
  /** Version, config, address; two lines where the address is a long one. */
  readonly title: string
  /** Of its page, with what opens it where that is needed. */
  readonly url: string
  /** Starts the session, waits for its end, stops everything. */
  run(): Promise<SessionEnd>
  /** Asks for the end, with this exit code. Again: everything is killed at once. */
  end(code: number): void
  /** What Ctrl-C does. */
  readonly interrupt: () => void
  /** Called when the end begins, before anything is stopped. */
  onStopping(fn: () => void): void
  /** Called when all has stopped, while the whole log can still be read; `run` waits for it. */
  onStopped(fn: (end: SessionEnd) => Promise<void>): void
}

/** Sets a session up for `dev` or `ci`; `run` starts it. */
export async function hostSession(
  command: 'dev' | 'ci',
  invocation: Invocation,
  options: HostOptions,
): Promise<HostedSession> {
  const host = textFlag(invocation, 'host') ?? process.env['TILT_HOST'] ?? 'localhost'
  const version = packageVersion()
  const token = sessionToken()
  const server = await serveAtPort(portOf(invocation), { host, token, now: Date.now, version })
  let session: Session | undefined
  const onWarning = (message: string): void => {
    if (session === undefined) warn(message)
    else session.logs.append(globalSpan, `${message}\n`, 'warn')
  }
  const { mainPath, ports, close } = portsFor(invocation, { repeated: command === 'dev', onWarning })
  const logArchive = await openLogArchive(mainPath, onWarning)
  session = createSession({
    ports: { ...ports, logArchive },
    options: {
      command,
      mainPath,
      args: [...invocation.words, ...invocation.rest],
      env: sessionEnv({ host, port: server.port }),
      colour: hasColour(process.stdout),
      version,
      ciTimeoutMs: options.ciTimeoutMs,
      useRecords: options.useRecords,
      portForwards: options.portForwards,
      onNames: (names) => {
        options
          .onNames?.(mainPath, names)
          .catch((error: Error) => onWarning(`The names of resources were not written: ${error.message}`))
      },
    },
  })
  server.serve(session)
  // What people see does not wait for it: a new certificate takes a moment.
  const published = publishApi(server).catch((error: Error) => {
    onWarning(error.message)
    return async () => {}
  })
  let stopping: (() => void) | undefined
  let afterStop: ((end: SessionEnd) => Promise<void>) | undefined
  let ended: ((code: number) => void) | undefined
  const endAsked = new Promise<number>((resolve) => {
    ended = resolve
  })
  const end = (code: number): void => {
    ended?.(code)
    // What goes wrong is told by `run`, which waits for the same.
    if (stopped) session.stop().catch(() => {})
  }
  let stopped = false
  const interrupt = (): void => end(exitCode.interrupted)
  const release = onSignals(interrupt)

  const url = sessionUrl({ host, port: server.port }, { token: process.stdout.isTTY ? token : undefined })

  return {
    session,
    url,
    title: [`tiltts ${version} · ${basename(mainPath)}`, isLoopback(host) ? ' · ' : '\n', url].join(''),
    end,
    interrupt,
    onStopping(fn) {
      stopping = fn
    },
    onStopped(fn) {
      afterStop = fn
    },
    async run() {
      const { attempt, check } = eachStep()
      let withdraw = (): void => {}
      const ended = await attempt(async () => {
        withdraw = announceSession({
          pid: process.pid,
          port: server.port,
          host,
          address: loopback.has(server.address) ? server.address : undefined,
          mainPath,
          command,
          startTime: new Date().toISOString(),
        })
        const result = session.start().then(() => session.finished)
        return endOf(await Promise.race([result, endAsked]))
      })
      stopped = true
      stopping?.()
      await attempt(() => session.stop())
      if (ended !== undefined) await attempt(() => afterStop?.(ended))
      await attempt(() => withdraw())
      await attempt(async () => (await published)())
      await attempt(() => server.close())
      await attempt(() => close())
      await attempt(() => logArchive.close())
      release()
      check()
      return ended ?? { code: exitCode.failed, outcome: undefined }
    },
  }
}

const endOf = (first: number | SessionOutcome): SessionEnd =>
  typeof first === 'number' ? { code: first, outcome: undefined } : { code: first.exitCode, outcome: first }
