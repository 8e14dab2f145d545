import type { Change, ObjectStore } from '@tiltts/core/store'
import type { Kind, WatchEvent } from '@tiltts/spec'
import { ApiError } from './api-error.js'
import { toWire, type WireObject } from './wire-object.js'

interface WatchOptions {
  /** Only this object. */
  readonly name: string | undefined
  /** Changes after this revision; absent: everything there is first, then changes. */
  readonly since: number | undefined
  readonly signal: AbortSignal
}

const types = { added: 'ADDED', modified: 'MODIFIED', deleted: 'DELETED' } as const

/** Streams changes of a kind as JSON lines until the client leaves. */
export function watchStream(store: ObjectStore, kind: Kind, options: WatchOptions): Response {
  const { name, since, signal } = options
  const wanted = (change: Change): boolean => change.kind === kind && (name === undefined || change.name === name)
  const past = since === undefined ? [] : store.changesSince(since, kind)
  if (past === 'gone') throw new ApiError(410, 'Expired', `too old resource version: ${since}`)
  const first =
    since === undefined ? store.list(kind).filter((object) => name === undefined || object.metadata.name === name) : []
  const encoder = new TextEncoder()
  let unsubscribe = (): void => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (events: readonly WatchEvent<WireObject>[]): void => {
        if (events.length > 0)
          controller.enqueue(encoder.encode(`${events.map((event) => JSON.stringify(event)).join('\n')}\n`))
      }
      unsubscribe = store.subscribe((batch) => send(batch.filter(wanted).flatMap(toEvent)))
      signal.addEventListener('abort', unsubscribe, { once: true })
      send([
        ...first.map((object) => ({ type: 'ADDED' as const, object: toWire(object) })),
        ...past.filter(wanted).flatMap(toEvent),
      ])
    },
    cancel: () => unsubscribe(),
  })
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

function toEvent(change: Change): readonly WatchEvent<WireObject>[] {
  const object = change.after ?? change.before
  return object === undefined ? [] : [{ type: types[change.type], object: toWire(object) }]
}
