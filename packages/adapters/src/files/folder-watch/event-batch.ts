import type { Folder } from './folder.js'

/** Which entries of which folders changed; true when the entry came or went. */
export type ChangedEntries = ReadonlyMap<Folder, ReadonlyMap<string, boolean>>

export interface EventBatch {
  /** Takes one event of the system. */
  add(folder: Folder, renamed: boolean, name: string): void
  /** Forgets what is gathered. */
  close(): void
}

export interface EventBatchOptions {
  /** As many events in one turn of the event loop as make it likely that the system dropped others. */
  readonly overflowAt: number
  /** All events of one turn. `overflowSince`: changes from that time on (milliseconds since the epoch) may be missing. */
  readonly onBatch: (entries: ChangedEntries, overflowSince: number | undefined, events: number) => void
}

/** File systems stamp changes by a clock that ticks a few milliseconds behind ours. */
const clockSlackMs = 50

/**
 * Gathers the events of one turn of the event loop, so that an entry is looked at once however often it changed.
 *
 * When its queue is full the system drops events, and Node does not tell. All that is queued arrives in one turn, so a turn
 * with nearly a queue's length of events is the sign. What was dropped happened after the events of the turn before began
 * to arrive.
 */
export function createEventBatch(options: EventBatchOptions): EventBatch {
  let entries = new Map<Folder, Map<string, boolean>>()
  let events = 0
  let begun = { wall: Date.now(), steady: performance.now() }
  let before = begun
  let immediate: NodeJS.Immediate | undefined

  const deliver = (): void => {
    immediate = undefined
    const changed = entries
    const count = events
    entries = new Map()
    events = 0
    options.onBatch(changed, count >= options.overflowAt ? overflowSince() : undefined, count)
  }

  // A wall clock that was set back meanwhile must not hide changes: the earlier of the two clocks' answers counts.
  const overflowSince = (): number =>
    Math.min(before.wall, Date.now() - (performance.now() - before.steady)) - clockSlackMs

  return {
    add(folder, renamed, name) {
      if (immediate === undefined) {
        immediate = setImmediate(deliver)
        before = begun
        begun = { wall: Date.now(), steady: performance.now() }
      }
      events++
      const names = entries.get(folder)
      if (names === undefined) entries.set(folder, new Map([[name, renamed]]))
      else if (renamed || !names.has(name)) names.set(name, renamed)
    },
    close() {
      clearImmediate(immediate)
      immediate = undefined
      entries = new Map()
    },
  }
}
