import type { ObjectOf } from '@tiltts/spec'
import { createRing } from './ring.js'
import type { Change, Journal, JournalEntry } from './types.js'

/** How many ended updates are remembered. */
const keptUpdates = 10_000

export interface RecordingJournal extends Journal {
  record(entry: JournalEntry, changes: readonly Change[]): void
}

export function createJournal(size: number): RecordingJournal {
  const entries = createRing<JournalEntry>(size)
  const endedOrder = createRing<string>(keptUpdates)
  const ended = new Map<string, ObjectOf<'Update'>>()

  const recordUpdate = (update: ObjectOf<'Update'>): void => {
    const { uid } = update.metadata
    if (!ended.has(uid)) {
      const dropped = endedOrder.push(uid)
      if (dropped !== undefined) ended.delete(dropped)
    }
    ended.set(uid, update)
  }

  return {
    entries: () => entries.from(0),
    updates(resource) {
      const all = endedOrder.from(0).flatMap((uid) => ended.get(uid) ?? [])
      return resource === undefined ? all : all.filter((update) => update.spec.resource === resource)
    },
    record(entry, changes) {
      entries.push(entry)
      for (const change of changes) {
        if (isUpdate(change) && change.after !== undefined && hasEnded(change.after)) recordUpdate(change.after)
      }
    },
  }
}

function isUpdate(change: Change): change is Change<'Update'> {
  return change.kind === 'Update'
}

function hasEnded(update: ObjectOf<'Update'>): boolean {
  const { phase } = update.status
  return phase === 'succeeded' || phase === 'failed' || phase === 'cancelled'
}
