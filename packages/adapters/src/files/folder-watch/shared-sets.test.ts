import { expect, it } from 'vitest'
import { createSharedSets } from './shared-sets.js'

const a: ReadonlySet<string> = new Set(['a'])
const ab: ReadonlySet<string> = new Set(['a', 'b'])
const b: ReadonlySet<string> = new Set(['b'])

it('gives the same set for the same change, so that thousands of folders share it', () => {
  const sets = createSharedSets<string>()
  const first = sets.add(a, b)
  expect(first).toEqual(ab)
  expect(sets.add(a, b)).toBe(first)
  const rest = sets.remove(first, 'a')
  expect(rest).toEqual(b)
  expect(sets.remove(first, 'a')).toBe(rest)
})

it('gives the set itself when there is nothing to change', () => {
  const sets = createSharedSets<string>()
  expect(sets.add(ab, b)).toBe(ab)
  expect(sets.add(new Set(), b)).toBe(b)
  expect(sets.remove(a, 'b')).toBe(a)
})

it('leaves the sets it was given as they were', () => {
  const sets = createSharedSets<string>()
  const given = new Set(['a'])
  sets.add(given, b)
  sets.remove(given, 'a')
  expect(given).toEqual(new Set(['a']))
})
