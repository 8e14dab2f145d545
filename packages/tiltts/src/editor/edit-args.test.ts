import { expect, it } from 'vitest'
import { argsOfText, argsText } from './edit-args.js'

it('CLI-45: shows the arguments quoted on one line below comments, and reads them back as a shell does', () => {
  const args = ['api', '--word', `it's "two words"`, '']
  expect(argsOfText(argsText(args), args)).toEqual(args)
  expect(argsOfText(`# one\napi  --word 'a b'\n\n`, args)).toEqual(['api', '--word', 'a b'])
})

it('CLI-45: takes exactly one line', () => {
  expect(() => argsOfText('a\nb\n', [])).toThrow('on one line, not on 2')
  expect(() => argsOfText(`a 'b\n`, [])).toThrow('A quote is not closed')
  expect(() => argsOfText('# all gone\n', ['a'])).toThrow('no line of arguments')
  expect(argsOfText(argsText([]), [])).toEqual([])
})
