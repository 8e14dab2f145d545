import type { Change } from './types.js'

/** Hands changes on, each subscriber one batch a microtask. */
export interface Batches {
  push(changes: readonly Change[]): void
  subscribe(fn: (batch: readonly Change[]) => void): () => void
}

export function createBatches(): Batches {
  const subscribers = new Set<(changes: readonly Change[]) => void>()
  return {
    push(changes) {
      for (const subscriber of subscribers) subscriber(changes)
    },
    subscribe(fn) {
      let pending = new Map<string, Change>()
      let due = false
      // A microtask each: what one subscriber throws keeps no other from its batch.
      const flush = (): void => {
        due = false
        const batch = [...pending.values()]
        pending = new Map()
        if (batch.length > 0 && subscribers.has(receive)) fn(batch)
      }
      const receive = (changes: readonly Change[]): void => {
        for (const change of changes) merge(pending, change)
        if (due) return
        due = true
        queueMicrotask(flush)
      }
      subscribers.add(receive)
      return () => void subscribers.delete(receive)
    },
  }
}

/** One change an object: from before the first to after the last; what came and went was never there. */
function merge(pending: Map<string, Change>, change: Change): void {
  const key = `${change.kind}/${change.name}`
  const earlier = pending.get(key)
  const before = earlier === undefined ? change.before : earlier.before
  const type = changeType(before, change.after)
  if (type === undefined) pending.delete(key)
  else pending.set(key, { ...change, type, before })
}

/** What happened to something of which both ends are known; `undefined`: nothing that anybody saw. */
export function changeType(before: unknown, after: unknown): Change['type'] | undefined {
  if (before === undefined) return after === undefined ? undefined : 'added'
  return after === undefined ? 'deleted' : 'modified'
}
