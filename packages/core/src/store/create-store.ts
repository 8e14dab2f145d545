import { BugError, type Kind } from '@tiltts/spec'
import { changeType, createBatches } from './batches.js'
import { createHistory } from './history.js'
import { createJournal } from './journal.js'
import { createObjects, typed } from './objects.js'
import { beginTransaction, type Staged } from './transaction.js'
import type { Change, ObjectStore, Revision, StoreOptions } from './types.js'

/**
 * An empty store. A write costs time by its own size, never by how many objects there are.
 * @example
 * const store = createStore({ now: clock.now, uid: randomUUID })
 * store.update({ by: 'api' }, (tx) => tx.put('ConfigMap', 'greeting', { data: { text: 'hello' } }, {}))
 */
export function createStore(options: StoreOptions): ObjectStore {
  const objects = createObjects()
  const history = createHistory(options.ringSize ?? 20_000)
  const journal = createJournal(options.journalSize ?? 20_000)
  const batches = createBatches()
  let revision: Revision = 0
  let busy = false

  const commit = (staged: readonly Staged[], next: Revision): readonly Change[] => {
    const changes: Change[] = []
    for (const { kind, name, before, after } of staged) {
      const type = changeType(before, after)
      if (type === undefined) continue
      if (after === undefined) objects.delete(kind, name)
      else objects.set(after)
      changes.push({ revision: next, type, kind, name, before: typed(before), after: typed(after) })
    }
    return changes
  }

  return {
    get revision() {
      return revision
    },
    journal,
    get: (kind, name) => typed(objects.get(kind, name)),
    list: <K extends Kind>(kind: K) => objects.list(kind) as readonly never[],
    ofResource: <K extends Kind>(kind: K, resource: string) => objects.ofResource(kind, resource) as readonly never[],
    update(cause, fn) {
      if (busy) throw new BugError(`a transaction of ${cause.by} was begun inside another`)
      const next = revision + 1
      const time = options.now()
      const transaction = beginTransaction(objects, next, options)
      let staged: readonly Staged[]
      busy = true
      try {
        fn(transaction.tx)
      } finally {
        staged = transaction.end()
        busy = false
      }
      if (staged.length === 0) return revision
      const changes = commit(staged, next)
      revision = next
      for (const change of changes) history.push(change)
      const names = changes.map(({ kind, name, type }) => ({ kind, name, type }))
      journal.record({ revision, time, cause, changes: names }, changes)
      batches.push(changes)
      return revision
    },
    subscribe: (fn) => batches.subscribe(fn),
    changesSince: (since, kind) => history.since(since, kind),
    remembers: (since) => history.holds(since),
  }
}
