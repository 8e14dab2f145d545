import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, flagOf } from './names.js'
import { parseWords, type WordsDefinition } from './parse-words.js'

const define = (name: string, type: WordsDefinition['type'], positional = false): WordsDefinition => ({
  key: canonical(name),
  type,
  positional,
})

const definitions = [
  define('toRun', 'stringList', true),
  define('toEdit', 'stringList'),
  define('name', 'string'),
  define('port', 'number'),
  define('verbose', 'boolean'),
]

const given = (...words: readonly string[]): Record<string, readonly (string | undefined)[]> =>
  Object.fromEntries(parseWords(words, definitions).given)

describe('the words of the command line', () => {
  it('ARG-04: give values after a space or an equals sign', () => {
    expect(given('--name', 'x', '--port=80')).toEqual({ name: ['x'], port: ['80'] })
    expect(given('--name=a=b')).toEqual({ name: ['a=b'] })
    expect(given('--name=')).toEqual({ name: [''] })
    expect(given('--port', '-5')).toEqual({ port: ['-5'] })
  })

  it('ARG-04: give a list by repeating its flag, and a boolean by the flag alone', () => {
    expect(given('--to-edit', 'a', '--to-edit=b')).toEqual({ toedit: ['a', 'b'] })
    expect(given('--verbose', 'api')).toEqual({ verbose: [undefined], torun: ['api'] })
    expect(given('--verbose=false')).toEqual({ verbose: ['false'] })
  })

  it('ARG-04: give plain words to the positional argument, whose flag works, too', () => {
    expect(given('api', '--to-run', 'web', 'db')).toEqual({ torun: ['api', 'web', 'db'] })
    expect(given('api', '--', '--web')).toEqual({ torun: ['api', '--web'] })
    expect(given('-')).toEqual({ torun: ['-'] })
  })

  it('spell one argument in three ways', () => {
    for (const flag of ['--toEdit', '--to-edit', '--to_edit']) expect(given(flag, 'a')).toEqual({ toedit: ['a'] })
    expect([flagOf('toRun'), flagOf('to_run'), flagOf('withHTTP2')]).toEqual(['to-run', 'to-run', 'with-http2'])
  })

  it('leave words over when nothing is positional', () => {
    const parsed = parseWords(['api', '--name', 'x', 'web'], definitions.slice(1))
    expect(parsed.words).toEqual(['api', 'web'])
  })

  it('take an unknown flag to have a value, until it is known', () => {
    const parsed = parseWords(['--other', 'x', 'api', '--more=1', '-z'], definitions)
    expect(parsed.unknown).toEqual(['--other', '--more', '-z'])
    expect(parsed.given.get('torun')).toEqual(['api'])
  })

  it('read back what was written, whatever the values', () => {
    const value = fc.string().filter((text) => !text.startsWith('-'))
    fc.assert(
      fc.property(fc.array(value), fc.option(value), fc.boolean(), (list, name, equals) => {
        const flag = (flagName: string, text: string): readonly string[] =>
          equals ? [`--${flagName}=${text}`] : [`--${flagName}`, text]
        const words = [...list.flatMap((text) => flag('to-edit', text)), ...(name === null ? [] : flag('name', name))]
        const parsed = parseWords(words, definitions)
        expect(parsed.given.get('toedit') ?? []).toEqual(list)
        expect(parsed.given.get('name')).toEqual(name === null ? undefined : [name])
        expect(parsed.unknown).toEqual([])
      }),
    )
  })
})
