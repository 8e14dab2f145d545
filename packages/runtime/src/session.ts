import { pid } from 'node:process'
import { type TiltError, wellKnown } from '@tiltts/spec'
import { createEngine, globalSpan } from './session-engine.js'
import { createSessionObjects, showFatalError } from './session-objects.js'
import { requestArgs, requestStop, requestUpdate } from './session-requests.js'
import { stopEngine } from './session-stop.js'
import type { CreateSession, SessionOutcome } from './session-types.js'

/**
 * An engine for one config, wired but not started.
 *
 * @example
 * const session = createSession({ ports, options: { command: 'ci', mainPath, args: [], env: process.env, version } })
 * await session.start()
 * const { exitCode } = await session.finished
 * await session.stop()
 */
export const createSession: CreateSession = ({ ports, options }) => {
  const { clock } = ports
  let finish: (outcome: SessionOutcome) => void = () => {}
  const finished = new Promise<SessionOutcome>((resolve) => {
    finish = resolve
  })

  const onFatal = (error: TiltError): void => {
    engine.manager.stop()
    engine.logs.append(globalSpan, `${error.message}\n${causeText(error)}`, 'error')
    engine.store.update({ by: 'session' }, (tx) => showFatalError(tx, error.message))
    finish({ exitCode: 1, reason: `bug in tiltts: ${error.message}`, diagnostics: [] })
  }

  const onVerdict = (error: string): void => {
    const config = engine.store.get('Tiltfile', wellKnown.tiltfile)?.status
    const diagnostics = config?.diagnostics ?? []
    const isConfigError = error !== '' && config?.terminated?.error === error
    finish({ exitCode: error === '' ? 0 : isConfigError ? 2 : 1, reason: error, diagnostics })
  }

  const engine = createEngine(ports, options, { onFatal, onVerdict })
  const { store, logs } = engine
  let stopping: ReturnType<typeof stopEngine> | undefined

  return {
    store,
    logs,
    finished,
    async start() {
      ports.configHost.prepare()
      const ended = await ports.processes.reap()
      if (ended > 0) logs.append(globalSpan, `Ended ${ended} processes that an earlier session left behind\n`, 'info')
      if (stopping !== undefined) return
      engine.manager.start()
      store.update({ by: 'session' }, (tx) => createSessionObjects(tx, options, pid, clock.now()))
    },
    async stop() {
      if (stopping === undefined) stopping = stopEngine(engine, ports)
      else stopping.kill()
      await stopping.ended
    },
    trigger: (name, by) => requestUpdate(engine, name, by, clock.now()),
    stopResource: (name) => requestStop(engine, name),
    setArgs: (args) => requestArgs(engine, args),
  }
}

function causeText({ cause }: TiltError): string {
  return cause instanceof Error && cause.stack !== undefined ? `${cause.stack}\n` : ''
}
