import type { Change, ObjectStore } from '@tiltts/core/store'
import type { WatchEvent } from '@tiltts/spec'
import { ApiError } from './api-error.js'
import type { ServedKind } from './served-kinds.js'
import type { WireObject } from './wire-object.js'

export interface WatchOptions {
  /** Only this object. */
  readonly name: string | undefined
  readonly matches: (object: WireObject) => boolean
  /** Changes after this revision; absent: everything there is first, then changes. */
  readonly since: number | undefined
  /** Ask for empty events that carry the newest version. */
  readonly bookmarks: boolean
  /** A bookmark is to say when everything there is was sent. */
  readonly endOfInitial: boolean
  readonly timeoutMs: number | undefined
  readonly signal: AbortSignal
  /** The text of an event's object. */
  render(object: WireObject): string
}

type Event = WatchEvent<WireObject>

/** How often a watcher that asks for it is told the newest version. */
const bookmarkEveryMs = 30_000
/** What a client has not taken yet may grow to this; from then on it gets the latest of each object, not every step. */
const highWater = 256 << 10

/** Streams changes of a kind as JSON lines until the client leaves. */
export function watchStream(store: ObjectStore, served: ServedKind, options: WatchOptions): Response {
  const past = options.since === undefined ? [] : store.changesSince(options.since, served.kind)
  if (past === 'gone') {
    const message = `too old resource version: ${options.since} (${store.revision})`
    throw new ApiError(410, 'Expired', message)
  }
  const waiting = eventQueue()
  const named = (change: Change): boolean =>
    change.kind === served.kind && (options.name === undefined || change.name === options.name)
  const take = (changes: readonly Change[]): void => {
    for (const change of changes) if (named(change)) waiting.add(...eventOf(change, served, options.matches))
  }
  const bookmark = (annotations?: Readonly<Record<string, string>>): Event => ({
    type: 'BOOKMARK',
    object: {
      kind: served.kind,
      apiVersion: 'tilt.dev/v1alpha1',
      metadata: {
        resourceVersion: String(store.revision),
        creationTimestamp: null,
        ...(annotations && { annotations }),
      },
    },
  })
  if (options.since === undefined) {
    const named = options.name === undefined ? store.list(served.kind) : [store.get(served.kind, options.name)]
    for (const object of named) {
      const wire = object && served.toWire(object)
      if (wire && options.matches(wire)) waiting.add({ type: 'ADDED', object: wire })
    }
  } else take(past)
  if (options.endOfInitial) waiting.add(bookmark({ 'k8s.io/initial-events-end': 'true' }))

  const encoder = new TextEncoder()
  const render = ({ type, object }: Event): string =>
    `{"type":"${type}","object":${type === 'BOOKMARK' ? JSON.stringify(object) : options.render(object)}}\n`
  let end = (): void => {}
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const flush = (): void => {
          if ((controller.desiredSize ?? 0) <= 0 || waiting.size === 0) return
          controller.enqueue(encoder.encode(waiting.takeAll().map(render).join('')))
        }
        const unsubscribe = store.subscribe((batch) => {
          take(batch)
          flush()
        })
        const ticking = options.bookmarks
          ? setInterval(() => {
              waiting.add(bookmark())
              flush()
            }, bookmarkEveryMs)
          : undefined
        const limit = options.timeoutMs === undefined ? undefined : setTimeout(() => finish(), options.timeoutMs)
        end = () => {
          unsubscribe()
          clearInterval(ticking)
          clearTimeout(limit)
          options.signal.removeEventListener('abort', end)
        }
        const finish = (): void => {
          end()
          flush()
          controller.close()
        }
        ticking?.unref()
        limit?.unref()
        options.signal.addEventListener('abort', end, { once: true })
        flush()
      },
      pull(controller) {
        if (waiting.size > 0) controller.enqueue(encoder.encode(waiting.takeAll().map(render).join('')))
      },
      cancel: () => end(),
    },
    { highWaterMark: highWater, size: (chunk) => chunk?.byteLength ?? 0 },
  )
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

/** What one change means for who sees only some objects: one that begins to match is added, one that ceases to is deleted. */
function eventOf(change: Change, served: ServedKind, matches: (object: WireObject) => boolean): readonly Event[] {
  const before = change.before && served.toWire(change.before)
  const after = change.after && served.toWire(change.after)
  const was = before !== undefined && matches(before)
  const is = after !== undefined && matches(after)
  if (is) return [{ type: was ? 'MODIFIED' : 'ADDED', object: after }]
  if (!was) return []
  const resourceVersion = String(change.revision)
  return [{ type: 'DELETED', object: { ...before, metadata: { ...before.metadata, resourceVersion } } }]
}

interface EventQueue {
  readonly size: number
  add(...events: readonly Event[]): void
  takeAll(): readonly Event[]
}

/** Events that wait to be sent: of several for one object, what they come to. */
function eventQueue(): EventQueue {
  let events = new Map<string, Event>()
  return {
    get size() {
      return events.size
    },
    add(...more) {
      for (const event of more) {
        const key = event.type === 'BOOKMARK' ? '' : String(event.object.metadata['uid'])
        const waiting = events.get(key)
        // What comes last stands last, so that versions grow along the stream.
        events.delete(key)
        if (waiting?.type === 'ADDED' && event.type === 'DELETED') continue
        events.set(key, waiting?.type === 'ADDED' && event.type === 'MODIFIED' ? { ...event, type: 'ADDED' } : event)
      }
    },
    takeAll() {
      const all = [...events.values()]
      events = new Map()
      return all
    },
  }
}
