import type { LogSegment, LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { type Kind, type ObjectOf, toApiTime } from '@tiltts/spec'
import type { WireObject } from '../rest/wire-object.js'
import { countedLines } from './log-list.js'
import { completeView, deltaView, type View, type ViewedKind, viewed, viewedKinds } from './view.js'

/** Where the frames of one client go. */
export interface FrameSink {
  send(view: View): void
  /** Bytes that the client has not taken yet. */
  readonly waiting: number
  /** The client is too slow for what the session says: it has to begin anew. */
  giveUp(): void
}

export interface ViewSource {
  readonly store: ObjectStore
  readonly logs: LogStore
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Least time between two frames, in milliseconds. */
const spacing = 200
/** As long as a client has not taken so many bytes, it gets nothing more; then the latest state of each object. */
const highWater = 1 << 20
/** So much of the log may wait for one client, in UTF-16 units. */
const maxWaitingLog = 16 << 20

interface Changed {
  readonly kind: ViewedKind
  readonly name: string
  /** As it was last, should it be gone. */
  readonly last: ObjectOf<Kind> | undefined
}

/** Sends everything at once, then what changes, until the returned function is called. */
export function streamView({ store, logs, now }: ViewSource, sink: FrameSink): () => void {
  let changed = new Map<string, Changed>()
  let segments: LogSegment[] = []
  let logSize = 0
  let timer: NodeJS.Timeout | undefined
  let sentAt = 0

  const send = (view: View): void => {
    sentAt = performance.now()
    sink.send(view)
  }
  const soon = (): void => {
    timer ??= setTimeout(flush, Math.max(0, sentAt + spacing - performance.now()))
  }
  function flush(): void {
    timer = undefined
    if (sink.waiting > highWater) {
      timer = setTimeout(flush, spacing)
      return
    }
    const objects = stateOf(changed.values())
    const newest = segments.at(-1)
    const end = newest === undefined ? 0 : newest.seq + newest.count
    const lines = countedLines(segments)
    changed = new Map()
    segments = []
    logSize = 0
    send(deltaView(store, objects, lines, end))
  }
  function stateOf(entries: Iterable<Changed>): ReadonlyMap<ViewedKind, readonly WireObject[]> {
    const objects = new Map<ViewedKind, WireObject[]>(viewedKinds.map((kind) => [kind, []]))
    for (const { kind, name, last } of entries) {
      const object = store.get(kind.kind, name)
      const wire =
        object === undefined ? last && deleted(viewed(kind, last, store), now()) : viewed(kind, object, store)
      if (wire !== undefined) objects.get(kind)?.push(wire)
    }
    return objects
  }

  const kinds = new Map(viewedKinds.map((kind) => [kind.kind, kind]))
  const unwatch = store.subscribe((batch) => {
    for (const { kind: name, name: object, before, after } of batch) {
      const kind = kinds.get(name)
      if (kind === undefined) continue
      changed.set(`${name}/${object}`, { kind, name: object, last: after ?? before })
      soon()
    }
  })
  const unfollow = logs.subscribe((segment) => {
    segments.push(segment)
    logSize += segment.text.length
    if (logSize <= maxWaitingLog) soon()
    else if (sink.waiting > highWater) sink.giveUp()
    else {
      clearTimeout(timer)
      flush()
    }
  })
  send(completeView(store, logs))
  return () => {
    unwatch()
    unfollow()
    clearTimeout(timer)
  }
}

function deleted(object: WireObject, now: number): WireObject {
  return { ...object, metadata: { ...object.metadata, deletionTimestamp: toApiTime(now) } }
}
