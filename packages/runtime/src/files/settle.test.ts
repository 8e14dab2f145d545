import { describe, expect, it } from 'vitest'
import { type ManualClock, manualClock } from '../testing/fake-clock.js'
import { createSettler, type Settler } from './settle.js'

interface Batch {
  readonly at: number
  readonly paths: readonly string[]
}

function setUp(options: { gitLocked?: () => boolean } = {}): {
  clock: ManualClock
  settler: Settler
  batches: Batch[]
} {
  const clock = manualClock({ now: 0 })
  const batches: Batch[] = []
  const settler = createSettler({
    clock,
    gitLocked: options.gitLocked ?? (() => false),
    onSettled: (paths) => void batches.push({ at: clock.now(), paths }),
  })
  return { clock, settler, batches }
}

/** Pushes a path of its own each `every` milliseconds, from now on, `count` times. */
async function burst(clock: ManualClock, settler: Settler, count: number, every: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    settler.push([`/f${index}`])
    await clock.advance(every)
  }
}

describe('createSettler', () => {
  it('hands a lone edit on within 25 ms', async () => {
    const { clock, settler, batches } = setUp()
    settler.push(['/a'])
    await clock.advance(25)
    expect(batches).toEqual([{ at: 20, paths: ['/a'] }])
  })

  it('WATCH-02: an edit in several steps is one event, after the quiet that follows the last step', async () => {
    const { clock, settler, batches } = setUp()
    settler.push(['/a.tmp'])
    await clock.advance(8)
    settler.push(['/a', '/a.tmp'])
    await clock.advance(15)
    expect(batches).toEqual([])
    expect(settler.pending()).toBe(true)
    await clock.advance(5)
    expect(batches).toEqual([{ at: 28, paths: ['/a.tmp', '/a'] }])
    expect(settler.pending()).toBe(false)
  })

  it('WATCH-02: a burst that does not end is handed on 2 s after its first change', async () => {
    const { clock, settler, batches } = setUp()
    await burst(clock, settler, 500, 10)
    await clock.advance(1000)
    expect(batches.slice(0, 2).map((batch) => batch.at)).toEqual([2000, 4000])
    expect(batches.flatMap((batch) => batch.paths)).toHaveLength(500)
  })

  it('lets a long burst have longer pauses than a lone edit', async () => {
    const { clock, settler, batches } = setUp()
    await burst(clock, settler, 50, 10)
    await clock.advance(80)
    settler.push(['/late'])
    await clock.advance(1000)
    expect(batches).toHaveLength(1)
    expect(batches[0]?.paths).toHaveLength(51)
    expect(batches[0]?.at).toBeLessThanOrEqual(580 + 200)
  })

  it('treats two edits with a human pause between them as two', async () => {
    const { clock, settler, batches } = setUp()
    settler.push(['/a'])
    await clock.advance(60)
    settler.push(['/a'])
    await clock.advance(60)
    expect(batches.map((batch) => batch.at)).toEqual([20, 80])
  })

  it('makes one event of a checkout of 2,000 files, however it pauses', async () => {
    let locked = true
    const { clock, settler, batches } = setUp({ gitLocked: () => locked })
    for (let index = 0; index < 2000; index++) {
      settler.push([`/repo/f${index}`])
      await clock.advance(index % 500 === 0 ? 600 : 1)
    }
    expect(batches).toEqual([])
    locked = false
    settler.push(['/repo/last'])
    await clock.advance(100)
    expect(batches).toHaveLength(1)
    expect(batches[0]?.paths).toHaveLength(2001)
  })

  it('hands an edit on at once when git only looked, as editors make it do after each save', async () => {
    let locked = true
    const { clock, settler, batches } = setUp({ gitLocked: () => locked })
    settler.push(['/a'])
    await clock.advance(12)
    locked = false
    await clock.advance(8)
    expect(batches).toEqual([{ at: 20, paths: ['/a'] }])
  })

  it('waits 10 s at most for a lock that git left behind, and then no more until that lock is gone', async () => {
    let locked = true
    const { clock, settler, batches } = setUp({ gitLocked: () => locked })
    settler.push(['/a'])
    await clock.advance(9_900)
    expect(batches).toEqual([])
    await clock.advance(200)
    expect(batches.map((batch) => batch.paths)).toEqual([['/a']])

    settler.push(['/b'])
    await clock.advance(25)
    expect(batches.map((batch) => batch.paths)).toEqual([['/a'], ['/b']])

    locked = false
    settler.push(['/c'])
    await clock.advance(25)
    locked = true
    settler.push(['/d'])
    await clock.advance(5_000)
    expect(batches.map((batch) => batch.paths)).toEqual([['/a'], ['/b'], ['/c']])
  })

  it('hands on at once what it holds when flushed, and does not repeat it', async () => {
    const { clock, settler, batches } = setUp()
    settler.push(['/a'])
    settler.flush()
    await clock.advance(100)
    settler.flush()
    expect(batches).toEqual([{ at: 0, paths: ['/a'] }])
  })

  it('says nothing more once closed', async () => {
    const { clock, settler, batches } = setUp()
    settler.push(['/a'])
    settler.close()
    settler.push(['/b'])
    await clock.advance(100)
    settler.flush()
    expect(batches).toEqual([])
    expect(clock.next()).toBeUndefined()
  })

  it('takes changes that are pushed while it hands on', async () => {
    const clock = manualClock({ now: 0 })
    const batches: (readonly string[])[] = []
    const settler = createSettler({
      clock,
      gitLocked: () => false,
      onSettled: (paths) => {
        batches.push(paths)
        if (paths.includes('/a')) settler.push(['/made-by-a'])
      },
    })
    settler.push(['/a'])
    await clock.advance(100)
    expect(batches).toEqual([['/a'], ['/made-by-a']])
  })
})
