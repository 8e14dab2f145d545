import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cut, createLineCutter } from './line-cutter.js'
import { createScrubber } from './scrubber.js'

const fragment = fc.oneof(
  fc.constantFrom('\n', '\r\n', '\r', 'hunter22', 'hunt', '\u001b[31m', '🦊', 'a', ' '),
  fc.string({ maxLength: 20 }),
)
const loneSurrogate = /\p{Surrogate}/u
const output = fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join(''))

function cut(text: string, sizes: readonly number[], maxLength: number): { cuts: readonly Cut[]; scrubbed: string } {
  const scrubber = createScrubber()
  scrubber.add([{ value: 'hunter22', replacement: '[x]' }])
  const cuts: Cut[] = []
  const cutter = createLineCutter({ maxLength, ...scrubber, emit: (one) => cuts.push(one) })
  let rest = text
  for (let n = 0; rest !== ''; n++) {
    const size = sizes[n % sizes.length] ?? 1
    cutter.push(rest.slice(0, size))
    rest = rest.slice(size)
  }
  cutter.end()
  const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return { cuts, scrubbed: scrubber.scrub(ended.replace(/\r+\n/g, '\n')) }
}

describe('cutting output into lines', () => {
  it('gives the same text, scrubbed, however the output is cut into chunks', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(output, sizes, fc.integer({ min: 8, max: 200 }), (text, chunkSizes, maxLength) => {
        const { cuts, scrubbed } = cut(text, chunkSizes, maxLength)
        expect(cuts.map((one) => one.text).join('')).toBe(scrubbed)
      }),
    )
  })

  it('gives whole lines, or pieces that say so, never half a character', () => {
    fc.assert(
      fc.property(output, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 8, max: 60 }), (text, size, maxLength) => {
        const { cuts } = cut(text, [size], maxLength)
        let inLine = false
        for (const one of cuts) {
          expect(one.text).not.toBe('')
          expect(one.text.length).toBeLessThanOrEqual(maxLength)
          expect(one.continues).toBe(inLine)
          expect(one.text.endsWith('\n')).toBe(!one.partial)
          if (one.partial || one.continues) expect(one.text.slice(0, -1)).not.toContain('\n')
          if (!loneSurrogate.test(text)) expect(one.text).not.toMatch(loneSurrogate)
          inLine = one.partial
        }
        expect(inLine).toBe(false)
      }),
    )
  })
})
