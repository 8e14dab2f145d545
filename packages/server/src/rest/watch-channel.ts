import type { ObjectStore, Revision } from '@tiltts/core/store'
import { isKept, wireList, wireNamed } from './served-kinds.js'
import { type Event, eventsOf, type Watched } from './watch-events.js'
import type { WireObject } from './wire-object.js'

/** What some watchers want of a kind, in one form. */
export interface ChannelOptions extends Watched {
  /** The text of an event's object; `first`: of the first event that a watcher gets. */
  render(object: WireObject, first: boolean): string
}

/** Where one watcher's events go. */
export interface WatchSink {
  /** Whether it has taken what it was given. */
  readonly ready: boolean
  write(text: Uint8Array): void
  /** The watcher was too slow: what it has not been told of is forgotten. Nothing comes after this. */
  expire(): void
}

/** One watcher of a channel. */
export interface Watcher {
  /** What it has been told of. */
  readonly revision: Revision
  /** Tells it of all that is new, if it is ready. */
  advance(): void
  leave(): void
}

/** Watchers who want the same, and get the same bytes. */
export interface WatchChannel {
  /** Tells a watcher of changes after a revision; without one, of everything there is first. */
  join(sink: WatchSink, since: Revision | undefined): Watcher
}

/** Least time between two messages to the watchers of a channel, in milliseconds. What is rare is told at once. */
const spacing = 50

/**
 * Watches a kind for any number of watchers. Nothing waits for one of them: the store's own history says what each has
 * still to be told, so that those who are slow cost no more than those who are not, and expire when it forgets.
 *
 * @param onEmpty - called when the last watcher has left
 */
export function watchChannel(store: ObjectStore, options: ChannelOptions, onEmpty: () => void): WatchChannel {
  const { served, name } = options
  const watchers = new Map<Watcher, WatchSink>()
  const messages = rememberedMessages(store, options)
  let stop = (): void => {}
  let timer: NodeJS.Timeout | undefined
  let toldAt = Number.NEGATIVE_INFINITY
  /** Between these revisions nothing happened that concerns the channel: who has reached the first has reached the last. */
  let quiet = { from: store.revision, to: store.revision }

  const soon = (): void => {
    timer ??= setTimeout(tell, Math.max(0, toldAt + spacing - performance.now()))
  }
  function tell(): void {
    timer = undefined
    toldAt = performance.now()
    for (const [watcher, sink] of watchers) {
      watcher.advance()
      if (sink.ready || store.remembers(watcher.revision)) continue
      watcher.leave()
      sink.expire()
    }
    quiet = { from: store.revision, to: store.revision }
  }
  function begin(): void {
    stop = store.subscribe((batch) => {
      const concerns = batch.some(
        (change) => change.kind === served.from && (name === undefined || !isKept(served) || change.name === name),
      )
      if (concerns) soon()
      else if (timer === undefined) quiet = { ...quiet, to: store.revision }
    })
  }
  function end(): void {
    stop()
    clearTimeout(timer)
    timer = undefined
    onEmpty()
  }

  return {
    join(sink, since) {
      let told = since
      let isFirst = true
      const reached = (): Revision | undefined =>
        told !== undefined && told >= quiet.from ? Math.max(told, quiet.to) : told
      const watcher: Watcher = {
        get revision() {
          return reached() ?? 0
        },
        advance() {
          told = reached()
          if (!sink.ready || told === store.revision) return
          const message = messages.since(told, isFirst)
          if (message === 'gone') {
            watcher.leave()
            sink.expire()
            return
          }
          told = store.revision
          if (message.length === 0) return
          isFirst = false
          sink.write(message)
        },
        leave() {
          if (watchers.delete(watcher) && watchers.size === 0) end()
        },
      }
      if (watchers.size === 0) begin()
      watchers.set(watcher, sink)
      watcher.advance()
      return watcher
    },
  }
}

interface Messages {
  /** All events from a revision to the present one, or of everything there is. */
  since(revision: Revision | undefined, first: boolean): Uint8Array | 'gone'
}

/** Tables tell ages in seconds, so what was made is good for no longer. */
const goodForMs = 1_000

/** Each message is made once, for all who are at the same place. */
function rememberedMessages(store: ObjectStore, options: ChannelOptions): Messages {
  const { served, name, matches, render } = options
  let made = new Map<string, Uint8Array>()
  let madeAt = { revision: 0, time: 0 }

  const present = (): readonly Event[] => {
    const wires = name === undefined ? wireList(served, store) : [wireNamed(served, store, name)]
    return wires.flatMap((object) => (object === undefined || !matches(object) ? [] : [{ type: 'ADDED', object }]))
  }

  return {
    since(revision, first) {
      if (madeAt.revision !== store.revision || performance.now() - madeAt.time > goodForMs) {
        made = new Map()
        madeAt = { revision: store.revision, time: performance.now() }
      }
      const key = `${revision} ${first}`
      const found = made.get(key)
      if (found !== undefined) return found
      const changes = revision === undefined ? [] : store.changesSince(revision, served.from)
      if (changes === 'gone') return 'gone'
      const events = revision === undefined ? present() : eventsOf(changes, options, store)
      const lines = events.map(
        ({ type, object }, n) => `{"type":"${type}","object":${render(object, first && n === 0)}}\n`,
      )
      const message = Buffer.from(lines.join(''))
      made.set(key, message)
      return message
    },
  }
}
