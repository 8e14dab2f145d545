import type { Clock } from '@tiltts/runtime/ports'
import type Dockerode from 'dockerode'
import type { EngineConnection, EngineFacts } from '../connection.js'
import type { Env } from './config-folder.js'
import type { Endpoint } from './dial-target.js'
import { asEngineError, isUnreachable, tooLate } from './failure.js'
import type { Wire } from './wire.js'
import { within } from './within.js'

/** A call that the engine answers from memory takes longer only when the machine is in trouble. */
const CALL_MS = 30_000

export interface ConnectionParts extends Pick<EngineConnection, 'authFor' | 'allAuth'> {
  readonly endpoint: Endpoint
  readonly wire: Wire
  readonly engine: EngineFacts
  readonly env: Env
  readonly clock: Clock
  readonly timeoutMs: number | undefined
  /** The engine did not answer. */
  readonly onLost: () => void
}

/** All ways to speak to an engine that has answered once. */
export async function engineConnection(parts: ConnectionParts): Promise<EngineConnection> {
  const { endpoint, wire, engine, clock, onLost, authFor, allAuth } = parts
  const prefix = `/v${engine.apiVersion}`
  const dockerode = await loadDockerode(wire, engine)

  const failure = (error: unknown, signal: AbortSignal | undefined): unknown => {
    if (signal?.aborted) return signal.reason
    const known = asEngineError(error, endpoint)
    if (isUnreachable(known)) onLost()
    return known
  }
  const guarded = async <T>(signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T> => {
    try {
      signal?.throwIfAborted()
      return await act()
    } catch (error) {
      throw failure(error, signal)
    }
  }

  return {
    host: endpoint.host,
    engine,
    dockerode,
    // Only places that the docker command does not look at by itself have to be told to it.
    env: endpoint.from ? parts.env : { ...parts.env, DOCKER_HOST: endpoint.host },
    call: (act, { signal, timeoutMs = parts.timeoutMs ?? CALL_MS } = {}) =>
      guarded(signal, () =>
        within({ clock, signal, timeoutMs, tooLate: (ms) => tooLate(endpoint, ms) }, (stop) => act(dockerode, stop)),
      ),
    request: (asked) => guarded(asked.signal, () => wire.request({ ...asked, path: prefix + asked.path })),
    upgrade: (asked) => guarded(asked.signal, () => wire.upgrade({ ...asked, path: prefix + asked.path })),
    failure,
    authFor,
    allAuth,
  }
}

/** Loaded late: it takes a third of a second. */
async function loadDockerode({ address, agent }: Wire, engine: EngineFacts): Promise<Dockerode> {
  const { default: Dockerode } = await import('dockerode')
  // What it would read from DOCKER_HOST and its like is all put out of force: the agent knows the way.
  const instead = { socketPath: undefined, ca: undefined, cert: undefined, key: undefined, pathPrefix: '/' }
  // Its types have no agent, its code does.
  const options = { ...address, ...instead, protocol: 'http' as const, version: `v${engine.apiVersion}`, agent }
  return new Dockerode(options)
}
