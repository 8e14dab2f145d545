import fc from 'fast-check'
import { expect, it } from 'vitest'
import { quoteWords, splitWords } from './shell-words.js'

it('splits what it has quoted into the same words', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (words) => {
      expect(splitWords(quoteWords(words))).toEqual(words)
    }),
  )
})

it.each([
  [`a  "b c" 'd"e' f\\ g`, ['a', 'b c', 'd"e', 'f g']],
  [`--name="x y" ''`, ['--name=x y', '']],
  [`"a\\"b" 'it'\\''s'`, ['a"b', "it's"]],
  ['', []],
])('reads %s as a shell does', (line, words) => {
  expect(splitWords(line)).toEqual(words)
})

it.each([`a 'b`, 'a "b'])('says of %s that a quote is open', (line) => {
  expect(splitWords(line)).toBeUndefined()
})
