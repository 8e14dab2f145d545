import { annotation, type ConfigMap } from '@tiltts/spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createStore } from './create-store.js'
import type { Change, NewMeta, ObjectStore, StoreOptions, Tx } from './types.js'

type Step =
  | { readonly do: 'put'; readonly name: string; readonly text: string; readonly resource: string | undefined }
  | { readonly do: 'label'; readonly name: string; readonly text: string }
  | { readonly do: 'delete'; readonly name: string }

interface Round {
  readonly steps: readonly Step[]
  readonly fails: boolean
  /** Whether the microtask of the subscribers runs before the next round. */
  readonly pause: boolean
}

const name = fc.constantFrom('a', 'b', 'c', 'd')
const text = fc.constantFrom('', 'x', 'y')
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('put' as const), name, text, resource: fc.constantFrom(undefined, 'web', 'db') }),
  fc.record({ do: fc.constant('label' as const), name, text }),
  fc.record({ do: fc.constant('delete' as const), name }),
)
const round: fc.Arbitrary<Round> = fc.record({
  steps: fc.array(step, { maxLength: 6 }),
  fails: fc.boolean(),
  pause: fc.boolean(),
})
const rounds = fc.array(round, { maxLength: 25 })

const by = { by: 'test' }

function newStore(options: Partial<StoreOptions> = {}): ObjectStore {
  let uids = 0
  return createStore({ now: () => 0, uid: () => String(++uids), ...options })
}

function apply(tx: Tx, todo: Step): void {
  if (todo.do === 'delete') {
    tx.delete('ConfigMap', todo.name)
  } else if (todo.do === 'put') {
    const annotations = todo.resource === undefined ? {} : { [annotation.resource]: todo.resource }
    tx.put('ConfigMap', todo.name, { data: { text: todo.text } }, {}, { annotations })
  } else if (tx.get('ConfigMap', todo.name) !== undefined) {
    tx.meta('ConfigMap', todo.name, () => ({ labels: { text: todo.text } }))
  }
}

function run(store: ObjectStore, { steps, fails }: Round): void {
  try {
    store.update(by, (tx) => {
      for (const todo of steps) apply(tx, todo)
      if (fails) throw new Error('given up')
    })
  } catch (error) {
    if (!fails) throw error
  }
}

/** What a watcher holds who applies changes to what it has. */
function replay(held: Map<string, unknown>, changes: readonly Change[]): void {
  for (const { name, type, before, after } of changes) {
    // A change speaks of what the watcher holds, and never claims one where there is none.
    expect(held.get(name)).toBe(before)
    expect(after).not.toBe(before)
    expect(type).toBe(before === undefined ? 'added' : after === undefined ? 'deleted' : 'modified')
    if (after === undefined || before?.metadata.uid !== after.metadata.uid) held.delete(name)
    if (after !== undefined) held.set(name, after)
  }
}

describe('the store', () => {
  it('is told in full by its changes: a watcher that replays them holds the list', async () => {
    const check = async (todo: readonly Round[]): Promise<void> => {
      const store = newStore()
      const byBatch = new Map<string, unknown>()
      store.subscribe((batch) => replay(byBatch, batch))
      const byRing = new Map<string, unknown>()
      let seen = 0
      for (const one of todo) {
        run(store, one)
        if (!one.pause) continue
        const changes = store.changesSince(seen)
        expect(changes).not.toBe('gone')
        if (changes !== 'gone') replay(byRing, changes)
        seen = store.revision
        await Promise.resolve()
        expect([...byRing.values()]).toEqual(store.list('ConfigMap'))
        expect(new Set(byBatch.values())).toEqual(new Set(store.list('ConfigMap')))
      }
    }
    await fc.assert(fc.asyncProperty(rounds, check), { numRuns: 300 })
  })

  it('lists by resource what a scan would find, in the same order', () => {
    const check = (todo: readonly Round[]): void => {
      const store = newStore()
      for (const one of todo) {
        run(store, one)
        for (const resource of ['web', 'db']) {
          const owned = (object: ConfigMap) => object.metadata.annotations?.[annotation.resource] === resource
          expect(store.ofResource('ConfigMap', resource)).toEqual(store.list('ConfigMap').filter(owned))
        }
      }
    }
    fc.assert(fc.property(rounds, check), { numRuns: 200 })
  })

  it('is left as it was by a transaction that throws', () => {
    const check = (todo: readonly Round[], last: readonly Step[]): void => {
      const store = newStore()
      for (const one of todo) run(store, one)
      const before = { revision: store.revision, list: store.list('ConfigMap'), journal: store.journal.entries() }
      run(store, { steps: last, fails: true, pause: false })
      expect({
        revision: store.revision,
        list: store.list('ConfigMap'),
        journal: store.journal.entries(),
      }).toStrictEqual(before)
      expect(store.changesSince(store.revision)).toEqual([])
    }
    fc.assert(fc.property(rounds, fc.array(step), check), { numRuns: 200 })
  })

  it('shows inside a transaction the list it will have after it', () => {
    const check = (todo: readonly Round[]): void => {
      const store = newStore()
      for (const { steps } of todo) {
        let inside: readonly ConfigMap[] = []
        store.update(by, (tx) => {
          for (const one of steps) apply(tx, one)
          inside = tx.list('ConfigMap')
        })
        expect(store.list('ConfigMap')).toStrictEqual(inside)
      }
    }
    fc.assert(fc.property(rounds, check), { numRuns: 200 })
  })

  it('gives from a small ring either every change after a revision or says that some are gone', () => {
    const check = (todo: readonly Round[], ringSize: number): void => {
      const small = newStore({ ringSize })
      const large = newStore()
      for (const one of todo) for (const store of [small, large]) run(store, one)
      for (let revision = 0; revision <= large.revision; revision++) {
        const all = large.changesSince(revision)
        const some = small.changesSince(revision)
        expect(some).toEqual(all.length > ringSize ? 'gone' : all)
      }
    }
    fc.assert(fc.property(rounds, fc.integer({ min: 0, max: 12 }), check), { numRuns: 200 })
  })
})

/** How many items the collections of the language handed out while a function ran. */
function countIteration(fn: () => void): number {
  let count = 0
  const restore: (() => void)[] = []
  const watch = (prototype: object, key: PropertyKey): void => {
    const original = Object.getOwnPropertyDescriptor(prototype, key)
    if (original === undefined || typeof original.value !== 'function') return
    const call = original.value as (this: unknown, ...args: unknown[]) => unknown
    const counting = function (this: { size?: number; length?: number }, ...args: unknown[]): unknown {
      count += this.size ?? this.length ?? 0
      return call.apply(this, args)
    }
    Object.defineProperty(prototype, key, { ...original, value: counting })
    restore.push(() => void Object.defineProperty(prototype, key, original))
  }
  for (const prototype of [Map.prototype, Set.prototype]) {
    for (const key of ['values', 'keys', 'entries', 'forEach', Symbol.iterator]) watch(prototype, key)
  }
  for (const key of ['values', 'filter', 'map', 'splice', 'sort', 'find', 'indexOf', Symbol.iterator]) {
    watch(Array.prototype, key)
  }
  try {
    fn()
  } finally {
    for (const undo of restore) undo()
  }
  return count
}

describe('a write', () => {
  it('touches no more entries among 20,000 objects than among 200', () => {
    const work = (objects: number): number => {
      const store = newStore()
      const meta = (i: number): NewMeta => ({ annotations: { [annotation.resource]: `r${i}` } })
      store.update(by, (tx) => {
        for (let i = 0; i < objects; i++) tx.put('ConfigMap', `c${i}`, { data: { n: '0' } }, {}, meta(i))
      })
      store.list('ConfigMap')
      return countIteration(() => {
        for (let i = 0; i < 50; i++) {
          store.update(by, (tx) => void tx.put('ConfigMap', `c${i}`, { data: { n: '1' } }, {}, meta(i)))
          store.ofResource('ConfigMap', `r${i}`)
          store.update(by, (tx) => tx.delete('ConfigMap', `c${i}`))
          store.changesSince(store.revision - 1)
        }
      })
    }
    // Not to the entry: a full ring is read in two pieces.
    expect(work(20_000)).toBeLessThan(1.1 * work(200))
  })
})
