import { describe, expect, it } from 'vitest'
import { clockContract } from '../ports/clock.contract.js'
import { manualClock } from './fake-clock.js'

clockContract('the manual clock', () => {
  const clock = manualClock()
  return { clock, elapse: clock.advance }
})

describe('manualClock', () => {
  it('fires timers in order of their time, each at its own now, those of one time in the order they were set', async () => {
    const clock = manualClock({ now: 1000 })
    const fired: string[] = []
    const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`)
    clock.timer(300, note('c'))
    clock.timer(100, note('a'))
    clock.timer(300, note('d'))
    clock.timer(200, note('b'))
    await clock.advance(299)
    expect(fired).toEqual(['a@1100', 'b@1200'])
    await clock.advance(1)
    expect(fired).toEqual(['a@1100', 'b@1200', 'c@1300', 'd@1300'])
    expect(clock.now()).toBe(1300)
  })

  it('lets all that a timer set off settle before the next one fires', async () => {
    const clock = manualClock({ now: 0 })
    const order: string[] = []
    clock.timer(1, async () => {
      for (let step = 0; step < 50; step++) await Promise.resolve()
      order.push('settled')
    })
    clock.timer(2, () => void order.push('next'))
    await clock.advance(2)
    expect(order).toEqual(['settled', 'next'])
  })

  it('fires timers that were set while it advances, when they are due within the same advance', async () => {
    const clock = manualClock({ now: 0 })
    const ticks: number[] = []
    const tick = (): void => {
      ticks.push(clock.now())
      clock.timer(10, tick)
    }
    clock.timer(10, tick)
    await clock.advance(35)
    expect(ticks).toEqual([10, 20, 30])
    expect(clock.now()).toBe(35)
    expect(clock.next()).toBe(40)
  })

  it('knows no timers after they fired or were called off', async () => {
    const clock = manualClock({ now: 0 })
    const cancel = clock.timer(5, () => {
      throw new Error('called off')
    })
    clock.timer(1, () => {})
    cancel()
    await clock.advance(10)
    expect(clock.next()).toBeUndefined()
  })
})
