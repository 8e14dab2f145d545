import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPathIndex } from './path-index.js'
import { isWithin } from './posix.js'

const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', '.'), { maxLength: 4 })
  .map((parts) => `/${parts.filter((part) => part !== '.').join('/')}`)
const owner = fc.constantFrom('one', 'two', 'three')
const step = fc.record({ add: fc.boolean(), path, owner })

describe('createPathIndex', () => {
  it('answers as a comparison with every path would', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.array(path, { minLength: 1, maxLength: 8 }), (steps, asked) => {
        const index = createPathIndex<string>()
        const held = new Set<string>()
        for (const { add, path: of, owner: who } of steps) {
          if (add) index.add(of, who)
          else index.delete(of, who)
          if (add) held.add(`${who} ${of}`)
          else held.delete(`${who} ${of}`)
        }
        const pairs = [...held].map((pair) => pair.split(' '))
        const owners = (fits: (of: string) => boolean) =>
          new Set(pairs.filter(([, of]) => fits(of ?? '')).map(([who]) => who))
        for (const one of asked) {
          expect(index.ownersOf(one)).toEqual(owners((of) => isWithin(one, of)))
          expect(index.ownersAround(one)).toEqual(owners((of) => isWithin(one, of) || isWithin(of, one)))
        }
      }),
      { numRuns: 500 },
    )
  })
})
