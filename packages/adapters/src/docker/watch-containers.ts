import type { ContainerEvent, ContainerWatch } from '@tiltts/runtime/ports'
import { readAll } from './connection/wire.js'
import type { EngineConnection } from './connection.js'
import { labelFilter } from './containers.js'
import { jsonLines } from './json-lines.js'

/** By Docker's names and by Podman's. All others, of execs and copies above all, change no container. */
const CHANGES = new Set(
  'create init start restart stop die died oom pause unpause rename update health_status cleanup'.split(' '),
)
const REMOVALS = new Set(['destroy', 'remove'])

/** How far before now an engine is asked to begin. It answers before it listens, and its clock tells whole seconds only. */
const OVERLAP_SECONDS = 2
const OPEN_MS = 30_000

/** The events of the engine, as far as they concern these containers. Some that happened just before come, too. */
export async function watchContainers(
  connection: EngineConnection,
  labels: Readonly<Record<string, string>>,
  onEvent: (event: ContainerEvent) => void,
): Promise<ContainerWatch> {
  const stop = new AbortController()
  const since = (await engineSeconds(connection)) - OVERLAP_SECONDS
  const filters = JSON.stringify({ type: ['container'], label: labelFilter(labels) })
  const path = `/events?since=${since}&filters=${encodeURIComponent(filters)}`
  const response = await connection.request({ method: 'GET', path, signal: stop.signal, timeoutMs: OPEN_MS })
  response.socket?.unref()

  const follow = async (): Promise<void> => {
    try {
      for await (const event of jsonLines(response)) {
        const told = containerEvent(event)
        if (told && !stop.signal.aborted) onEvent(told)
      }
    } catch (error) {
      if (stop.signal.aborted) return
      throw connection.failure(error, undefined)
    }
    if (!stop.signal.aborted) throw connection.failure(new Error('its events have ended'), undefined)
  }
  const ended = follow()
  // Nobody has to look.
  ended.catch(() => {})
  return { ended, close: () => stop.abort() }
}

/** Now, by the clock of the engine. */
async function engineSeconds(connection: EngineConnection): Promise<number> {
  const response = await connection.request({ method: 'HEAD', path: '/_ping', timeoutMs: OPEN_MS })
  await readAll(response)
  const date = Date.parse(response.headers.date ?? '')
  return Math.floor((Number.isNaN(date) ? Date.now() : date) / 1000)
}

function containerEvent(event: Readonly<Record<string, unknown>>): ContainerEvent | undefined {
  const { Action, Actor } = event
  const id = typeof Actor === 'object' && Actor !== null && 'ID' in Actor ? Actor.ID : undefined
  if (typeof Action !== 'string' || typeof id !== 'string') return undefined
  // `health_status: healthy`
  const [action = ''] = Action.split(':')
  if (REMOVALS.has(action)) return { container: id, what: 'remove' }
  return CHANGES.has(action) ? { container: id, what: 'change' } : undefined
}
