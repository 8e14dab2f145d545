// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of compose files look like this
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interpolate, variablesIn } from './variables.js'

const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/)
const plain = fc.stringMatching(/^[ a-z0-9:./-]{0,12}$/)

describe('variables', () => {
  it.each([
    ['$A ${A}', '1 1'],
    ['$$A $${A}', '$A ${A}'],
    ['${NONE:-x} ${EMPTY:-x} ${EMPTY-x} ${A:-x}', 'x x  1'],
    ['${A:+x} ${EMPTY:+x} ${EMPTY+x} ${NONE+x}', 'x  x '],
    ['${NONE:-${A}} ${NONE:-a${NONE:-b}c}', '1 abc'],
    ['${A:?must} $ 5 ${', '1 $ 5 ${'],
  ])('reads %j as %j', (text, result) => {
    expect(interpolate(text, { A: '1', EMPTY: '' })).toBe(result)
  })

  it('finds what must be set, and the words for it', () => {
    expect(variablesIn('a ${A:?set A} ${B?} $C')).toEqual([
      { name: 'A', offset: 2, required: { evenIfEmpty: false, words: 'set A' } },
      { name: 'B', offset: 14, required: { evenIfEmpty: true, words: '' } },
      { name: 'C', offset: 20, required: undefined },
    ])
  })

  it('puts in every variable where it stands, and leaves all else', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(plain, name, plain), { maxLength: 6 }), (parts) => {
        const text = parts.map(([before, variable]) => `${before}\${${variable}}`).join('')
        const values = Object.fromEntries(parts.map(([, variable, value]) => [variable, value]))
        expect(interpolate(text, values)).toBe(
          parts.map(([before, variable]) => `${before}${values[variable]}`).join(''),
        )
        expect(variablesIn(text).map((use) => use.name)).toEqual(parts.map(([, variable]) => variable))
      }),
    )
  })

  it('leaves a text with doubled dollars as it was meant', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(interpolate(text.replaceAll('$', '$$$$'), {})).toBe(text)
      }),
    )
  })
})
