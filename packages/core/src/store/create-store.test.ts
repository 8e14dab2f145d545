import { annotation, type Update, type UpdatePhase } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { createStore } from './create-store.js'
import type { Change, NewMeta, ObjectStore, StoreOptions, Tx } from './types.js'

const by = { by: 'test' }

function newStore(options: Partial<StoreOptions> = {}): ObjectStore {
  let uids = 0
  return createStore({ now: () => 1_700_000_000_000, uid: () => `uid-${++uids}`, ...options })
}

/** A ConfigMap is the plainest kind there is. */
function put(tx: Tx, name: string, text = '', meta?: NewMeta): void {
  tx.put('ConfigMap', name, { data: { text } }, {}, meta)
}

const ofResource = (name: string): NewMeta => ({ annotations: { [annotation.resource]: name } })
const names = (objects: readonly { metadata: { name: string } }[]): string[] => objects.map((o) => o.metadata.name)

function updateStatus(phase: UpdatePhase): Update['status'] {
  return { phase, queuedAt: '2026-01-02T03:04:05.000000Z', holds: [], steps: [] }
}

function putUpdate(tx: Tx, name: string, phase: UpdatePhase): void {
  tx.put('Update', name, { resource: name.split('-')[0] ?? '', causes: [] }, updateStatus(phase), {})
}

describe('a new object', () => {
  it('carries its name, a uid, the time, generation 1 and the revision of its transaction', () => {
    const store = newStore()
    expect(store.update(by, (tx) => put(tx, 'a', 'hello'))).toBe(1)
    expect(store.get('ConfigMap', 'a')).toEqual({
      apiVersion: 'tilt.dev/v1alpha1',
      kind: 'ConfigMap',
      metadata: {
        name: 'a',
        uid: 'uid-1',
        resourceVersion: '1',
        generation: 1,
        creationTimestamp: '2023-11-14T22:13:20.000000Z',
      },
      spec: { data: { text: 'hello' } },
      status: {},
    })
  })
})

describe('a write', () => {
  it('of an equal value changes nothing, and gives no revision, notice or journal entry', async () => {
    const store = newStore()
    store.update(by, (tx) => put(tx, 'a', 'hello', ofResource('web')))
    await Promise.resolve()
    const before = store.get('ConfigMap', 'a')
    const batches: (readonly Change[])[] = []
    store.subscribe((batch) => batches.push(batch))
    store.update(by, (tx) => {
      put(tx, 'a', 'hello', ofResource('web'))
      tx.spec('ConfigMap', 'a', (spec) => ({ data: { ...spec.data } }))
      tx.status('ConfigMap', 'a', () => ({}))
      tx.meta('ConfigMap', 'a', (meta) => ({ labels: meta.labels }))
    })
    await Promise.resolve()
    expect(store.revision).toBe(1)
    expect(store.get('ConfigMap', 'a')).toBe(before)
    expect(batches).toEqual([])
    expect(store.journal.entries()).toHaveLength(1)
  })

  it('there and back again within one transaction changes nothing', () => {
    const store = newStore()
    store.update(by, (tx) => put(tx, 'a', 'one'))
    const before = store.get('ConfigMap', 'a')
    store.update(by, (tx) => {
      put(tx, 'a', 'two')
      expect(tx.get('ConfigMap', 'a')?.metadata).toMatchObject({ generation: 2, resourceVersion: '2' })
      put(tx, 'a', 'one')
      put(tx, 'b')
      tx.delete('ConfigMap', 'b')
    })
    expect(store.revision).toBe(1)
    expect(store.get('ConfigMap', 'a')).toBe(before)
  })

  it('grows the generation when the spec changes, and only then', () => {
    const store = newStore()
    const meta = () => store.get('Update', 'web-1')?.metadata
    store.update(by, (tx) => putUpdate(tx, 'web-1', 'queued'))
    store.update(by, (tx) => tx.status('Update', 'web-1', (s) => ({ ...s, phase: 'running' })))
    expect(meta()).toMatchObject({ generation: 1, resourceVersion: '2' })
    store.update(by, (tx) => tx.meta('Update', 'web-1', () => ({ labels: { a: 'b' } })))
    expect(meta()).toMatchObject({ generation: 1, resourceVersion: '3' })
    store.update(by, (tx) => {
      tx.spec('Update', 'web-1', (spec) => ({ ...spec, causes: [{ reason: 'files' }] }))
      tx.spec('Update', 'web-1', (spec) => ({ ...spec, causes: [...spec.causes, { reason: 'trigger' }] }))
    })
    expect(meta()).toMatchObject({ generation: 2, resourceVersion: '4', uid: 'uid-1' })
  })

  it('put on an object that is there replaces the spec and keeps status, uid and metadata not given', () => {
    const store = newStore()
    store.update(by, (tx) => {
      tx.put('Update', 'web-1', { resource: 'web', causes: [] }, updateStatus('queued'), {
        labels: { a: '1' },
        ...ofResource('web'),
      })
      tx.status('Update', 'web-1', () => updateStatus('running'))
    })
    store.update(by, (tx) => {
      const spec = { resource: 'web', causes: [{ reason: 'files' }] } as const
      tx.put('Update', 'web-1', spec, updateStatus('queued'), { labels: { a: '2' } })
    })
    const update = store.get('Update', 'web-1')
    expect(update?.status.phase).toBe('running')
    expect(update?.metadata).toMatchObject({ uid: 'uid-1', labels: { a: '2' }, ...ofResource('web') })
  })

  it('of metadata that is undefined removes it', () => {
    const store = newStore()
    store.update(by, (tx) => put(tx, 'a', '', { labels: { x: 'y' }, ...ofResource('web') }))
    store.update(by, (tx) => tx.meta('ConfigMap', 'a', () => ({ annotations: undefined })))
    expect(store.get('ConfigMap', 'a')?.metadata.annotations).toBeUndefined()
    expect(store.get('ConfigMap', 'a')?.metadata.labels).toEqual({ x: 'y' })
    expect(store.ofResource('ConfigMap', 'web')).toEqual([])
  })

  it('to an object that is not there: a status is dropped, a spec or metadata is a bug', () => {
    const store = newStore()
    store.update(by, (tx) => tx.status('ConfigMap', 'a', () => ({})))
    store.update(by, (tx) => tx.delete('ConfigMap', 'a'))
    expect(store.revision).toBe(0)
    expect(() => store.update(by, (tx) => tx.spec('ConfigMap', 'a', (s) => s))).toThrow('ConfigMap a does not exist')
    expect(() => store.update(by, (tx) => tx.meta('ConfigMap', 'a', () => ({})))).toThrow('ConfigMap a does not exist')
  })

  it('never changes a value that was read before', () => {
    const store = newStore()
    store.update(by, (tx) => put(tx, 'a', 'one'))
    const before = store.get('ConfigMap', 'a')
    const list = store.list('ConfigMap')
    store.update(by, (tx) => put(tx, 'a', 'two'))
    expect(before?.spec.data).toEqual({ text: 'one' })
    expect(list[0]).toBe(before)
    expect(Object.isFrozen(before)).toBe(true)
    expect(Object.isFrozen(before?.spec.data)).toBe(true)
  })
})

describe('a list', () => {
  it('is in order of creation, whatever was written later', () => {
    const store = newStore()
    for (const name of ['b', 'a', 'c']) store.update(by, (tx) => put(tx, name))
    store.update(by, (tx) => put(tx, 'b', 'again'))
    expect(names(store.list('ConfigMap'))).toEqual(['b', 'a', 'c'])
    store.update(by, (tx) => tx.delete('ConfigMap', 'b'))
    store.update(by, (tx) => put(tx, 'b'))
    expect(names(store.list('ConfigMap'))).toEqual(['a', 'c', 'b'])
    expect(store.list('Cmd')).toEqual([])
  })

  it('of a transaction shows its own writes, in the order the store will have', () => {
    const store = newStore()
    store.update(by, (tx) => ['a', 'b', 'c'].forEach((name) => void put(tx, name)))
    let inside: string[] = []
    store.update(by, (tx) => {
      put(tx, 'd')
      tx.delete('ConfigMap', 'a')
      put(tx, 'a')
      tx.delete('ConfigMap', 'b')
      inside = names(tx.list('ConfigMap'))
      expect(names(store.list('ConfigMap'))).toEqual(['a', 'b', 'c'])
    })
    expect(inside).toEqual(['c', 'd', 'a'])
    expect(names(store.list('ConfigMap'))).toEqual(inside)
  })

  it('of a resource follows the annotation of the objects, in order of creation', () => {
    const store = newStore()
    store.update(by, (tx) => {
      put(tx, 'late')
      put(tx, 'one', '', ofResource('web'))
      put(tx, 'other', '', ofResource('db'))
      put(tx, 'two', '', ofResource('web'))
    })
    store.update(by, (tx) => tx.meta('ConfigMap', 'late', () => ofResource('web')))
    expect(names(store.ofResource('ConfigMap', 'web'))).toEqual(['late', 'one', 'two'])
    store.update(by, (tx) => {
      tx.meta('ConfigMap', 'two', () => ofResource('db'))
      tx.delete('ConfigMap', 'one')
    })
    expect(names(store.ofResource('ConfigMap', 'web'))).toEqual(['late'])
    expect(names(store.ofResource('ConfigMap', 'db'))).toEqual(['other', 'two'])
    expect(store.ofResource('Cmd', 'web')).toEqual([])
  })

  it('of a resource holds an object once that was deleted and made again', () => {
    const store = newStore()
    store.update(by, (tx) => put(tx, 'a', 'old', ofResource('web')))
    store.update(by, (tx) => {
      tx.delete('ConfigMap', 'a')
      put(tx, 'a', 'new', ofResource('web'))
    })
    expect(store.ofResource('ConfigMap', 'web').map((o) => o.spec.data['text'])).toEqual(['new'])
    expect(store.get('ConfigMap', 'a')?.metadata).toMatchObject({ uid: 'uid-2', generation: 1 })
  })
})

describe('a transaction', () => {
  it('that throws leaves the store as it was', async () => {
    const store = newStore()
    store.update(by, (tx) => ['a', 'b'].forEach((name) => void put(tx, name, 'kept', ofResource('web'))))
    await Promise.resolve()
    const before = store.list('ConfigMap')
    const batches: (readonly Change[])[] = []
    store.subscribe((batch) => batches.push(batch))
    const attempt = () =>
      store.update(by, (tx) => {
        put(tx, 'a', 'lost')
        put(tx, 'c')
        tx.delete('ConfigMap', 'b')
        throw new Error('no')
      })
    expect(attempt).toThrow('no')
    await Promise.resolve()
    expect(store.list('ConfigMap')).toEqual(before)
    expect(names(store.ofResource('ConfigMap', 'web'))).toEqual(['a', 'b'])
    expect(store.revision).toBe(1)
    expect(store.changesSince(1)).toEqual([])
    expect(batches).toEqual([])
    store.update(by, (tx) => put(tx, 'd'))
    expect(store.revision).toBe(2)
  })

  it('sees what it wrote', () => {
    const store = newStore()
    store.update(by, (tx) => {
      expect(tx.put('ConfigMap', 'a', { data: { text: 'x' } }, {}).spec.data).toEqual({ text: 'x' })
      expect(tx.get('ConfigMap', 'a')?.spec.data).toEqual({ text: 'x' })
      tx.delete('ConfigMap', 'a')
      expect(tx.get('ConfigMap', 'a')).toBeUndefined()
    })
  })

  it('cannot be begun inside another, nor used after its end', () => {
    const store = newStore()
    expect(() => store.update(by, () => void store.update({ by: 'inner' }, () => {}))).toThrow(
      'a transaction of inner was begun inside another',
    )
    let kept: Tx | undefined
    store.update(by, (tx) => {
      kept = tx
    })
    expect(() => kept?.get('ConfigMap', 'a')).toThrow('used after its end')
    expect(() => kept && put(kept, 'a')).toThrow('used after its end')
  })
})

describe('a subscriber', () => {
  it('gets one batch a microtask, with one change an object from first before to last after', async () => {
    const store = newStore()
    store.update(by, (tx) => ['changed', 'gone', 'back'].forEach((name) => void put(tx, name, '1')))
    await Promise.resolve()
    const batches: (readonly Change[])[] = []
    store.subscribe((batch) => batches.push(batch))
    store.update(by, (tx) => put(tx, 'changed', '2'))
    store.update(by, (tx) => put(tx, 'changed', '3'))
    store.update(by, (tx) => put(tx, 'brief'))
    store.update(by, (tx) => tx.delete('ConfigMap', 'brief'))
    store.update(by, (tx) => ['gone', 'back'].forEach((name) => void tx.delete('ConfigMap', name)))
    store.update(by, (tx) => ['new', 'back'].forEach((name) => void put(tx, name, '4')))
    store.update(by, (tx) => put(tx, 'new', '5'))
    expect(batches).toEqual([])
    await Promise.resolve()
    const text = (object: Change['after']) =>
      (object as { spec: { data: { text: string } } } | undefined)?.spec.data.text
    expect(
      batches.map((batch) => batch.map((c) => [c.name, c.type, text(c.before), text(c.after), c.revision])),
    ).toEqual([
      [
        ['changed', 'modified', '1', '3', 3],
        ['gone', 'deleted', '1', undefined, 6],
        ['back', 'modified', '1', '4', 7],
        ['new', 'added', undefined, '5', 8],
      ],
    ])
  })

  it('hears nothing of what came before it, nor after it left', async () => {
    const store = newStore()
    const heard: string[] = []
    store.update(by, (tx) => put(tx, 'before'))
    const leave = store.subscribe((batch) => heard.push(...batch.map((c) => c.name)))
    store.update(by, (tx) => put(tx, 'during'))
    await Promise.resolve()
    store.update(by, (tx) => put(tx, 'undelivered'))
    leave()
    store.update(by, (tx) => put(tx, 'after'))
    await Promise.resolve()
    expect(heard).toEqual(['during'])
  })

  it('may write; that makes the next batch', async () => {
    const store = newStore()
    const heard: string[][] = []
    store.subscribe((batch) => {
      heard.push(batch.map((c) => c.name))
      if (heard.length === 1) store.update(by, (tx) => put(tx, 'answer'))
    })
    store.update(by, (tx) => put(tx, 'question'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(heard).toEqual([['question'], ['answer']])
  })

  it('is called once for 500 transactions of one turn', async () => {
    const store = newStore()
    let batches = 0
    store.subscribe(() => {
      batches++
    })
    for (let i = 0; i < 500; i++) store.update(by, (tx) => put(tx, 'a', String(i)))
    await Promise.resolve()
    expect(batches).toBe(1)
  })
})

describe('changesSince', () => {
  it('gives every change after a revision, of one kind or all', () => {
    const store = newStore()
    store.update(by, (tx) => put(tx, 'a'))
    store.update(by, (tx) => {
      put(tx, 'b')
      putUpdate(tx, 'web-1', 'queued')
    })
    store.update(by, (tx) => tx.delete('ConfigMap', 'a'))
    const seen = (changes: readonly Change[] | 'gone') =>
      changes === 'gone' ? changes : changes.map((c) => `${c.revision} ${c.type} ${c.name}`)
    expect(seen(store.changesSince(1))).toEqual(['2 added b', '2 added web-1', '3 deleted a'])
    expect(seen(store.changesSince(0, 'Update'))).toEqual(['2 added web-1'])
    expect(seen(store.changesSince(3))).toEqual([])
  })

  it('is gone for revisions that left the ring, and for revisions of another session', () => {
    const store = newStore({ ringSize: 2 })
    for (const name of ['a', 'b', 'c']) store.update(by, (tx) => put(tx, name))
    expect(store.changesSince(0)).toBe('gone')
    expect(store.changesSince(1)).toHaveLength(2)
    expect(store.changesSince(4)).toBe('gone')
    expect(store.changesSince(Number.NaN)).toBe('gone')
    expect([0, 1, 3, 4].map(store.remembers)).toEqual([false, true, true, false])
  })
})

describe('the journal', () => {
  it('holds each transaction with its time, cause and names, the newest ones', () => {
    let time = 0
    const store = newStore({ now: () => ++time * 1000, journalSize: 2 })
    for (const name of ['a', 'b', 'c']) store.update({ by: 'cli', resource: name }, (tx) => put(tx, name))
    expect(store.journal.entries().map(({ revision, cause, changes }) => ({ revision, cause, changes }))).toEqual([
      { revision: 2, cause: { by: 'cli', resource: 'b' }, changes: [{ kind: 'ConfigMap', name: 'b', type: 'added' }] },
      { revision: 3, cause: { by: 'cli', resource: 'c' }, changes: [{ kind: 'ConfigMap', name: 'c', type: 'added' }] },
    ])
    expect(store.journal.entries().map((entry) => entry.time)).toEqual([3000, 5000])
  })

  it('keeps every ended update, in order of ending, also when the object has gone', () => {
    const store = newStore()
    const end = (name: string, phase: UpdatePhase) =>
      store.update(by, (tx) => tx.status('Update', name, (status) => ({ ...status, phase })))
    store.update(by, (tx) => ['web-1', 'db-1', 'web-2', 'web-3'].forEach((name) => void putUpdate(tx, name, 'queued')))
    end('web-2', 'running')
    end('db-1', 'failed')
    end('web-1', 'cancelled')
    end('web-2', 'succeeded')
    store.update(by, (tx) => tx.status('Update', 'db-1', (status) => ({ ...status, error: 'exit 1' })))
    store.update(by, (tx) => tx.delete('Update', 'db-1'))
    expect(names(store.journal.updates())).toEqual(['db-1', 'web-1', 'web-2'])
    expect(names(store.journal.updates('web'))).toEqual(['web-1', 'web-2'])
    expect(store.journal.updates('db')[0]?.status.error).toBe('exit 1')
  })

  it('keeps 10,000 ended updates', () => {
    const store = newStore()
    store.update(by, (tx) => {
      for (let i = 0; i < 10_003; i++) putUpdate(tx, `web-${i}`, 'succeeded')
    })
    const kept = store.journal.updates()
    expect(kept).toHaveLength(10_000)
    expect(names(kept).at(0)).toBe('web-3')
    expect(names(kept).at(-1)).toBe('web-10002')
  })
})
