import type { Kind } from '@tiltts/spec'
import { createRing } from './ring.js'
import type { Change, Revision } from './types.js'

/** The newest changes, so that a watcher that was away can go on where it stopped. */
export interface History {
  push(change: Change): void
  /** Changes after a revision, oldest first; `gone` when some of them are no longer held. */
  since(revision: Revision, kind?: Kind): readonly Change[] | 'gone'
  /** Whether all changes after a revision are held. */
  holds(revision: Revision): boolean
}

export function createHistory(capacity: number): History {
  const ring = createRing<Change>(capacity)
  let newestDropped = 0
  let newest = 0

  /** Place of the first change after a revision. */
  const firstAfter = (revision: Revision): number => {
    let low = 0
    let high = ring.size
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((ring.at(middle)?.revision ?? 0) > revision) high = middle
      else low = middle + 1
    }
    return low
  }

  // A revision that has not been reached comes from another session: nothing here continues it.
  const holds = (revision: Revision): boolean => revision >= newestDropped && revision <= newest

  return {
    holds,
    push(change) {
      newest = change.revision
      const dropped = ring.push(change)
      if (dropped !== undefined) newestDropped = dropped.revision
    },
    since(revision, kind) {
      if (!holds(revision)) return 'gone'
      const changes = ring.from(firstAfter(revision))
      return kind === undefined ? changes : changes.filter((change) => change.kind === kind)
    },
  }
}
