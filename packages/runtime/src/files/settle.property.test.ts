import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { manualClock } from '../testing/fake-clock.js'
import { createSettler } from './settle.js'

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ push: fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 4 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ wait: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 3000 })) }),
  },
  { weight: 1, arbitrary: fc.record({ lock: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ flush: true }) },
)

describe('createSettler', () => {
  it('hands on everything pushed since the last time, each path once, and within its bounds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const clock = manualClock({ now: 0 })
        let locked = false
        let lockSeenAt = Number.NEGATIVE_INFINITY
        let since = new Map<string, number>()
        const settler = createSettler({
          clock,
          gitLocked: () => locked,
          onSettled: (paths) => {
            expect(paths.length).toBeGreaterThan(0)
            expect([...paths]).toEqual([...since.keys()])
            const waited = clock.now() - Math.min(...since.values())
            expect(waited).toBeLessThanOrEqual(lockSeenAt >= clock.now() - waited ? 12_500 : 2_000)
            since = new Map()
          },
        })
        for (const action of steps) {
          if (locked) lockSeenAt = clock.now()
          if ('push' in action) {
            const paths = action.push.map((name) => `/${name}`)
            for (const path of paths) if (!since.has(path)) since.set(path, clock.now())
            settler.push(paths)
          } else if ('wait' in action) {
            await clock.advance(action.wait)
          } else if ('lock' in action) {
            locked = action.lock
          } else {
            settler.flush()
          }
          if (locked) lockSeenAt = clock.now()
        }
        await clock.advance(15_000)
        expect([...since.keys()]).toEqual([])
        expect(settler.pending()).toBe(false)
        expect(clock.next()).toBeUndefined()
      }),
      { numRuns: 300 },
    )
  })
})
