import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imageObjectName, imageRefText, parseImageRef } from './image-ref.js'

const part = fc.stringMatching(/^[a-z]{1,2}(?:(?:\.|_|__|-)[a-z]{1,2})?$/)
const ref: fc.Arbitrary<string> = fc
  .record({
    domain: fc.constantFrom('', 'localhost/', 'localhost:5000/', 'gcr.io/', 'docker.io/'),
    parts: fc.array(part, { minLength: 1, maxLength: 3 }),
    tag: fc.constantFrom('', ':1', ':_a', ':a_b', ':a__b'),
  })
  .map(({ domain, parts, tag }) => `${domain}${parts.join('/')}${tag}`)

describe('image references', () => {
  it('mean the same however often they are written out', () => {
    fc.assert(
      fc.property(ref, (text) => {
        const parsed = parseImageRef(text)
        expect(parsed).toBeDefined()
        if (parsed !== undefined) expect(parseImageRef(imageRefText(parsed))).toEqual(parsed)
      }),
      { numRuns: 1_000 },
    )
  })

  it('have one object name exactly when they mean one image, and that is one part of a path', () => {
    const short = (text: string) => imageRefText(parseImageRef(text) ?? { ...nothing, name: text })
    fc.assert(
      fc.property(ref, ref, (a, b) => {
        expect(imageObjectName(a) === imageObjectName(b)).toBe(short(a) === short(b))
        expect(imageObjectName(a)).not.toMatch(/[/%]/)
      }),
      { numRuns: 2_000 },
    )
  })
})

const nothing = { name: '', canonical: '', domain: '', path: '' }
