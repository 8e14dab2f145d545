import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDuration, formatRoughly, parseGoDuration } from './go-duration.js'

test.each([
  [0, '0s'],
  [0.000001, '1ns'],
  [0.0015, '1.5µs'],
  [1.5, '1.5ms'],
  [250, '250ms'],
  [1_000, '1s'],
  [1_500, '1.5s'],
  [59_999, '59.999s'],
  [60_000, '1m0s'],
  [90_500, '1m30.5s'],
  [1_800_000, '30m0s'],
  [3_600_000, '1h0m0s'],
  [90_061_000, '25h1m1s'],
  [-300_000, '-5m0s'],
])('%d ms reads %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
  expect(parseGoDuration(text)).toBeCloseTo(ms, 9)
})

test.each([
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['2.s', 2_000],
  ['+10s', 10_000],
  ['0', 0],
  ['-0', 0],
  ['100us', 0.1],
  ['1h1h', 7_200_000],
])('%s is a duration', (text, ms) => {
  expect(parseGoDuration(text)).toBeCloseTo(ms, 9)
})

test.each(['', '-', '10', '10 s', 's', '.s', '1d', '1m30', 'abc', '1.2.3s', ' 1s', '1s\n'])('%j is none', (text) => {
  expect(parseGoDuration(text)).toBeUndefined()
})

test('what is printed is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), (ms) => {
      expect(parseGoDuration(formatDuration(ms))).toBeCloseTo(ms, 6)
    }),
  )
})

test('rough durations have no more digits than people read', () => {
  expect([12.7, 999.6, 1_234, 59_940, 83_456].map(formatRoughly)).toEqual(['13ms', '1s', '1.2s', '59.9s', '1m23s'])
})
