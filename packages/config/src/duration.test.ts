import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Duration, duration, parseDuration } from './duration.js'
import { localResource } from './local-resource.js'
import { evaluate } from './testing/evaluate.js'

describe('durations', () => {
  it.each<[Duration, number]>([
    [0, 0],
    ['0', 0],
    ['500ms', 500],
    ['5s', 5000],
    ['1.5h', 5_400_000],
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['1m30s', 90_000],
    ['1h1m1s', 3_661_000],
  ])('read %s as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', '5', '5 s', '-5s', '1e3s', '5d', '30m1h', 's', 'Infinitys', 5, null, undefined])('refuse %s', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  it('add up their parts', () => {
    const part = fc.nat({ max: 999 })
    fc.assert(
      fc.property(part, part, part, (h, m, s) => {
        expect(parseDuration(`${h}h${m}m${s}s`)).toBe(((h * 60 + m) * 60 + s) * 1000)
      }),
    )
  })

  it('that are read elsewhere are checked at the call', async () => {
    const { errors, resource } = await evaluate(() => {
      localResource('a', { cmd: 'true', readyTimeout: duration('90s') })
    })
    expect(errors).toEqual([])
    expect(resource('a').readyTimeoutMs).toBe(90_000)
    const wrong = await evaluate(() => void duration('soon'))
    expect(wrong.errors[0]).toMatchObject({
      message: 'A duration cannot be "soon"',
      places: [{ line: expect.any(Number) }],
    })
  })
})
