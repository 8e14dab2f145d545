import { describe, expect, it } from 'vitest'
import { createEventBatch } from './event-batch.js'
import type { Folder } from './folder.js'

interface Batch {
  readonly entries: readonly (readonly [string, boolean])[]
  readonly overflowSince: number | undefined
  readonly events: number
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

const folder: Folder = {
  path: '/p',
  inode: 1,
  born: 1,
  watcher: undefined,
  roots: new Set(),
  waits: undefined,
  known: true,
  files: new Set(),
  folders: new Map(),
  closed: false,
}

function setUp(overflowAt: number): {
  batches: Batch[]
  add: (renamed: boolean, name: string) => void
  close: () => void
} {
  const batches: Batch[] = []
  const batch = createEventBatch({
    overflowAt,
    onBatch: (entries, overflowSince, events) =>
      void batches.push({ entries: [...(entries.get(folder) ?? [])], overflowSince, events }),
  })
  return { batches, add: (renamed, name) => batch.add(folder, renamed, name), close: () => batch.close() }
}

describe('createEventBatch', () => {
  it('gives each entry of one turn of the event loop once, as renamed if it ever was', async () => {
    const { batches, add } = setUp(100)
    add(false, 'a')
    add(true, 'b')
    add(true, 'a')
    add(false, 'b')
    await nextTurn()
    add(false, 'a')
    await nextTurn()
    expect(batches.map((batch) => batch.entries)).toEqual([
      [
        ['a', true],
        ['b', true],
      ],
      [['a', false]],
    ])
  })

  it('takes as many events as the queue might have held for a sign that others were dropped, from the turn before on', async () => {
    const { batches, add } = setUp(3)
    add(false, 'quiet')
    const before = Date.now()
    await nextTurn()
    await new Promise((resolve) => setTimeout(resolve, 200))
    for (const name of ['a', 'a', 'a']) add(false, name)
    await nextTurn()
    expect(batches.map((batch) => batch.events)).toEqual([1, 3])
    expect(batches[0]?.overflowSince).toBeUndefined()
    expect(batches[1]?.overflowSince).toBeLessThanOrEqual(before)
    expect(batches[1]?.overflowSince).toBeGreaterThan(before - 150)
  })

  it('gives nothing any more once closed', async () => {
    const { batches, add, close } = setUp(3)
    add(false, 'a')
    close()
    await nextTurn()
    expect(batches).toEqual([])
  })
})
