import type { Clock, Processes } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import type { Connect, EngineConnection } from '../connection.js'
import { createCredentials } from '../credentials.js'
import { askVersion } from './ask-version.js'
import type { Env } from './config-folder.js'
import { findEndpoints } from './endpoint.js'
import { engineConnection } from './engine-connection.js'
import { engineFacts } from './engine-facts.js'
import { isUnreachable } from './failure.js'
import { openWire, type Wire } from './wire.js'

export interface ConnectorOptions {
  readonly env: Env
  readonly clock: Clock
  readonly processes: Processes
  /** How long an engine may take for a plain call. @default 30 seconds, 10 for the first */
  readonly timeoutMs?: number | undefined
}

export interface Connector {
  readonly connect: Connect
  /** Cuts every connection; later calls reject. */
  close(): void
}

/** Nothing is read, loaded or opened before the first `connect`. */
export function createConnector(options: ConnectorOptions): Connector {
  const { env, clock, timeoutMs } = options
  const credentials = createCredentials(options)
  const wires = new Set<Wire>()
  let current: Promise<EngineConnection> | undefined
  let closed = false

  const open = async (onLost: () => void): Promise<EngineConnection> => {
    const endpoints = await findEndpoints(env)
    const failures: string[] = []
    for (const endpoint of endpoints) {
      const wire = openWire(endpoint, env, clock)
      wires.add(wire)
      try {
        const engine = engineFacts(await askVersion(wire, endpoint, timeoutMs), env['DOCKER_API_VERSION'])
        const lost = (): void => {
          wire.closeIdle()
          onLost()
        }
        return await engineConnection({ endpoint, wire, engine, env, clock, timeoutMs, onLost: lost, ...credentials })
      } catch (error) {
        wire.close()
        wires.delete(wire)
        if (!isUnreachable(error) || endpoints.length === 1) throw error
        failures.push(error.message)
      }
    }
    throw new InfraError('docker/unreachable', 'docker', failures.join('\n'), { retry: true })
  }

  /** One attempt for all who ask meanwhile; forgotten when it fails, or when the engine went away later. */
  const opened = (): Promise<EngineConnection> => {
    if (current) return current
    const forget = (): void => {
      if (current === opening) current = undefined
    }
    const opening = open(forget)
    opening.catch(forget)
    current = opening
    return opening
  }

  return {
    async connect(signal) {
      if (closed) throw new InfraError('docker/unreachable', 'docker', 'the connection to Docker was closed')
      return await orAborted(opened(), signal)
    },
    close() {
      closed = true
      for (const wire of wires) wire.close()
      wires.clear()
    },
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.finally(() => signal.removeEventListener('abort', abort)).then(resolve, reject)
  })
}
