import { describe, expect, it } from 'vitest'
import { shortDuration } from './row.js'

describe('a duration', () => {
  it.each([
    [0, '0ms'],
    [85.4, '85ms'],
    [999, '999ms'],
    [1000, '1.0s'],
    [59_900, '59.9s'],
    [125_000, '2m05s'],
    [3_725_000, '1h02m'],
  ])('of %d ms reads %s', (ms, text) => expect(shortDuration(ms)).toBe(text))
})
