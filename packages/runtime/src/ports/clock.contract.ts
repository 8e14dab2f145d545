import { describe, expect, it } from 'vitest'
import type { Clock } from './clock.js'

export interface ClockHarness {
  readonly clock: Clock
  /** Lets so much time pass, and what it sets off happen. */
  readonly elapse: (ms: number) => Promise<void>
}

/** What every clock does. */
export function clockContract(name: string, make: () => ClockHarness): void {
  describe(`${name} as a clock`, () => {
    it('goes on as time passes', async () => {
      const { clock, elapse } = make()
      const before = clock.now()
      await elapse(20)
      expect(clock.now() - before).toBeGreaterThanOrEqual(19)
    })

    it('fires timers once, in the order of their time', async () => {
      const { clock, elapse } = make()
      const fired: string[] = []
      clock.timer(40, () => void fired.push('late'))
      clock.timer(10, () => void fired.push('early'))
      expect(fired).toEqual([])
      await elapse(80)
      expect(fired).toEqual(['early', 'late'])
      await elapse(80)
      expect(fired).toEqual(['early', 'late'])
    })

    it('does not fire a timer that was called off', async () => {
      const { clock, elapse } = make()
      const fired: string[] = []
      const cancel = clock.timer(10, () => void fired.push('called off'))
      cancel()
      cancel()
      await elapse(30)
      expect(fired).toEqual([])
    })

    it('sleeps for the time asked for', async () => {
      const { clock, elapse } = make()
      const before = clock.now()
      let woke = 0
      const sleep = clock.sleep(20).then(() => {
        woke = clock.now()
      })
      await elapse(60)
      await sleep
      expect(woke - before).toBeGreaterThanOrEqual(19)
    })

    it('ends a sleep with the reason of the signal', async () => {
      const { clock } = make()
      const controller = new AbortController()
      const reason = new Error('no longer wanted')
      const sleep = clock.sleep(60_000, controller.signal)
      controller.abort(reason)
      await expect(sleep).rejects.toBe(reason)
    })

    it('does not begin a sleep whose signal is aborted already', async () => {
      const { clock } = make()
      const reason = new Error('no longer wanted')
      await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    })
  })
}
