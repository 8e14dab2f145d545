import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sortedUnion } from './sorted-union.js'

test('a union has what either list has, once, in order', () => {
  const paths = fc.array(fc.string({ maxLength: 2 }))
  fc.assert(
    fc.property(paths, paths, (known, added) => {
      const sorted = [...new Set(known)].toSorted()
      expect(sortedUnion(sorted, added)).toEqual([...new Set([...sorted, ...added])].toSorted())
    }),
  )
})
