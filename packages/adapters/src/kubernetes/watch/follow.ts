import type { Clock, WatchChange, WatchSelection } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import type { KindPlace } from '../objects/kinds.js'
import { asManifest } from '../objects/manifest.js'
import type { Transport } from '../transport.js'
import { spread } from './backoff.js'
import { jsonEvents } from './json-events.js'

export interface FollowRequest {
  readonly transport: Transport
  readonly clock: Clock
  readonly place: KindPlace
  readonly selection: WatchSelection
  readonly signal: AbortSignal
  /** Where to go on. */
  readonly resourceVersion: string
  /** The server follows. */
  readonly onOpen: () => void
  /** Called at each event, also at those that tell of no change. */
  readonly onEvent: (event: { readonly resourceVersion: string; readonly change?: WatchChange | undefined }) => void
}

/** The server ends it itself after so many seconds. */
const SERVER_SECONDS = 300
const OPEN_MS = 10_000
/** A server that lives sends a bookmark about once a minute. */
const SILENT_MS = 90_000

interface RawEvent {
  readonly type?: unknown
  readonly object?: { readonly code?: unknown; readonly message?: unknown; readonly reason?: unknown }
}

/**
 * Changes from a version on, until the server ends the stream, as it does now and then. Rejects with a refusal of status
 * 410 when the server does not remember that long.
 */
export async function follow(request: FollowRequest): Promise<void> {
  const { transport, clock, place, selection, signal } = request
  const stream = await transport.stream('GET', place.collection(selection.namespace), {
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: request.resourceVersion,
      timeoutSeconds: Math.round(spread(SERVER_SECONDS, Math.random())),
      labelSelector: selection.labelSelector,
      fieldSelector: selection.fieldSelector,
    },
    signal,
    timeoutMs: OPEN_MS,
  })
  request.onOpen()
  let cancel = (): void => {}
  const heard = (): void => {
    cancel()
    cancel = clock.timer(SILENT_MS, () => void stream.body.destroy(silent()))
  }
  heard()
  try {
    for await (const value of jsonEvents(each(stream.body, heard))) {
      signal.throwIfAborted()
      const { type, object } = value as RawEvent
      if (type === 'ERROR') throw serverError(object)
      const manifest = asManifest(object, { apiVersion: place.apiVersion, kind: place.kind })
      const resourceVersion = String(manifest.metadata['resourceVersion'] ?? request.resourceVersion)
      request.onEvent({ resourceVersion, change: changeOf(type, manifest) })
    }
  } catch (error) {
    throw stream.failure(error)
  } finally {
    cancel()
    stream.body.destroy()
  }
}

/** Tells of each piece that comes. */
async function* each(body: AsyncIterable<Uint8Array>, tell: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    tell()
    yield chunk
  }
}

function changeOf(type: unknown, object: ReturnType<typeof asManifest>): WatchChange | undefined {
  if (type === 'ADDED' || type === 'MODIFIED') return { type: 'put', object }
  return type === 'DELETED' ? { type: 'remove', object } : undefined
}

function serverError(status: RawEvent['object']): InfraError {
  const message = `the watch failed: ${String(status?.message ?? status?.reason ?? 'the server did not say why')}`
  const code = typeof status?.code === 'number' ? status.code : 500
  return new InfraError('kubernetes/refused', 'kubernetes', message, {
    retry: true,
    details: { status: code, reason: String(status?.reason ?? ''), message, causes: [] },
  })
}

function silent(): InfraError {
  const message = `nothing was heard from the cluster for ${SILENT_MS / 1000} s`
  return new InfraError('kubernetes/unreachable', 'kubernetes', message, { retry: true })
}
