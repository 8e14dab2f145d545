import { createStore, type ObjectStore } from '@tiltts/core/store'
import { InfraError, type TiltError } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { type ManualClock, manualClock } from '../testing/fake-clock.js'
import { type Controller, own, watch } from './controller.js'
import { createManager, type Manager } from './manager.js'

interface World {
  readonly store: ObjectStore
  readonly clock: ManualClock
  readonly manager: Manager
  readonly fatal: TiltError[]
  readonly retries: string[]
  write(name: string, value: string): void
}

function world(...controllers: Controller[]): World {
  const clock = manualClock()
  let uids = 0
  const store = createStore({ now: clock.now, uid: () => `${++uids}` })
  const fatal: TiltError[] = []
  const retries: string[] = []
  const manager = createManager({
    store,
    clock,
    controllers,
    onFatal: (error) => fatal.push(error),
    onRetry: (error, what, delay) => retries.push(`${what}: ${error.message} ${delay}`),
  })
  manager.start()
  const write = (name: string, value: string): void => {
    store.update({ by: 'test' }, (tx) => tx.put('ConfigMap', name, { data: { value } }, {}))
  }
  return { store, clock, manager, fatal, retries, write }
}

const watches = [own('ConfigMap')]

describe('the controller manager', () => {
  it('merges all changes of a turn into one reconcile for each name', async () => {
    const seen: string[] = []
    const { write, clock } = world({ name: 'x', watches, reconcile: (name) => void seen.push(name) })
    for (const value of ['1', '2', '3']) for (const name of ['a', 'b']) write(name, value)
    await clock.advance(0)
    expect(seen).toEqual(['a', 'b'])
  })

  it('runs one reconcile a name at a time, others beside it, and once more for what changed meanwhile', async () => {
    const log: string[] = []
    const ends: (() => void)[] = []
    const { write, clock, manager } = world({
      name: 'x',
      watches,
      reconcile(name) {
        log.push(`begin ${name}`)
        return new Promise<void>((resolve) =>
          ends.push(() => {
            log.push(`end ${name}`)
            resolve()
          }),
        )
      },
    })
    write('a', '1')
    await clock.advance(0)
    for (const value of ['2', '3']) write('a', value)
    write('b', '1')
    await clock.advance(0)
    expect(log).toEqual(['begin a', 'begin b'])
    ends[0]?.()
    await clock.advance(0)
    expect(log).toEqual(['begin a', 'begin b', 'end a', 'begin a'])
    expect(manager.idle).toBe(false)
    ends[1]?.()
    ends[2]?.()
    await clock.advance(0)
    expect(manager.idle).toBe(true)
    expect(log).toHaveLength(6)
  })

  it('hands a batch controller all names that wait, in one go', async () => {
    const batches: (readonly string[])[] = []
    const { write, clock } = world({ name: 'x', watches, reconcileAll: (names) => void batches.push(names) })
    for (const name of ['a', 'b', 'a', 'c']) write(name, '1')
    await clock.advance(0)
    expect(batches).toEqual([['a', 'b', 'c']])
  })

  it('wakes a controller by the names that a watch makes of a change', async () => {
    const seen: string[] = []
    const { write, clock, manager } = world({
      name: 'x',
      watches: [watch('ConfigMap', ({ after }) => [`owner of ${after?.spec.data['value']}`])],
      reconcile: (name) => void seen.push(name),
    })
    write('a', '1')
    await clock.advance(0)
    manager.wake('x', 'by hand')
    await clock.advance(0)
    expect(seen).toEqual(['owner of 1', 'by hand'])
  })

  it('tries again after an error of the world: after 1 s, 2 s, 4 s … and from 1 s again after a success', async () => {
    let failures = 3
    const at: number[] = []
    const { write, clock, retries, fatal } = world({
      name: 'x',
      watches,
      async reconcile() {
        at.push(clock.now())
        if (failures-- > 0) throw new InfraError('files/watch-failed', 'files', 'away', { retry: true })
      },
    })
    const start = clock.now()
    write('a', '1')
    await clock.advance(60_000)
    expect(at.map((time) => time - start)).toEqual([0, 1000, 3000, 7000])
    expect(retries).toEqual(['x a: away 1000', 'x a: away 2000', 'x a: away 4000'])
    failures = 1
    write('a', '2')
    await clock.advance(60_000)
    expect(retries.at(-1)).toBe('x a: away 1000')
    expect(fatal).toEqual([])
  })

  it('tries a batch that failed again as one, later each time, without the names that were done meanwhile', async () => {
    const batches: string[] = []
    let away = true
    const { write, clock, retries } = world({
      name: 'x',
      watches,
      reconcileAll(names) {
        batches.push(names.join())
        if (away) throw new InfraError('files/watch-failed', 'files', 'away', { retry: true })
      },
    })
    for (const name of ['a', 'b', 'c']) write(name, '1')
    await clock.advance(3_000)
    expect(batches).toEqual(['a,b,c', 'a,b,c', 'a,b,c'])
    expect(retries).toEqual([1000, 2000, 4000].map((delay) => `x (3 objects): away ${delay}`))
    away = false
    write('b', '2')
    await clock.advance(60_000)
    expect(batches.slice(3)).toEqual(['b', 'a,c'])
  })

  it('SCH-08: takes any other error for a bug, which ends the session, and reconciles nothing more', async () => {
    const seen: string[] = []
    const { write, clock, fatal } = world({
      name: 'x',
      watches,
      reconcile(name) {
        seen.push(name)
        throw new TypeError('undefined is no function')
      },
    })
    write('a', '1')
    await clock.advance(0)
    write('b', '1')
    await clock.advance(60_000)
    expect(seen).toEqual(['a'])
    expect(fatal).toMatchObject([{ class: 'bug', message: 'x a: undefined is no function' }])
  })

  it('reconciles nothing after it was stopped', async () => {
    const seen: string[] = []
    const { write, clock, manager } = world({
      name: 'x',
      watches,
      reconcile(name) {
        seen.push(name)
        if (seen.length === 1) throw new InfraError('files/watch-failed', 'files', 'away', { retry: true })
      },
    })
    write('a', '1')
    await clock.advance(0)
    manager.stop()
    write('b', '1')
    manager.wake('x', 'c')
    await clock.advance(60_000)
    expect(seen).toEqual(['a'])
  })
})
