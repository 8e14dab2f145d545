import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testArchive, testStore } from './log-store.test.support.js'

const resources = ['a', 'b', 'c']
const step = fc.record({
  resource: fc.constantFrom(...resources),
  lines: fc.integer({ min: 1, max: 8 }),
  width: fc.integer({ min: 0, max: 300 }),
})

describe('reading while lines come', () => {
  it('LOG-03: gives each line once, in order, whatever was pushed out of memory before or meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 500, max: 5_000 }),
        fc.option(fc.subarray(resources), { nil: undefined }),
        async (before, during, maxBytes, wanted) => {
          const logs = testStore({ archive: testArchive(), maxBytes, resources })
          const said: { readonly resource: string; readonly text: string }[] = []
          const say = ({ resource, lines, width }: { resource: string; lines: number; width: number }): void => {
            const text = Array.from({ length: lines }, (_, n) => `${said.length}.${n} ${'x'.repeat(width)}\n`).join('')
            said.push({ resource, text })
            logs.append(`serve:${resource}`, text)
          }
          for (const one of before) say(one)
          const expected = said.filter((one) => wanted?.includes(one.resource) ?? true).map((one) => one.text)
          const rest = [...during]
          let read = ''
          let next = 0
          const query = wanted === undefined ? {} : { resources: wanted }
          for await (const batch of logs.read(query)) {
            for (const segment of batch) {
              expect(segment.seq).toBeGreaterThanOrEqual(next)
              next = segment.seq + segment.count
              read += segment.text
            }
            for (const one of rest.splice(0, 5)) say(one)
          }
          expect(read).toBe(expected.join(''))
        },
      ),
    )
  })
})
