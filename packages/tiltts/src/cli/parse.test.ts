import { describe, expect, it } from 'vitest'
import type { Command } from './command.js'
import { durationFlag, listFlag, numberFlag, parseInvocation } from './parse.js'

const command: Command = {
  usage: '',
  summary: '',
  flags: {
    port: { type: 'string', help: '' },
    timeout: { type: 'string', help: '' },
    only: { type: 'string', multiple: true, help: '' },
    quick: { type: 'boolean', help: '' },
  },
  run: async () => 0,
}
const parse = (...argv: string[]): ReturnType<typeof parseInvocation> => parseInvocation('x', command, argv)

describe('a command line', () => {
  it('keeps flags, words, and what stands after -- apart, whatever that looks like', () => {
    const { flags, words, rest } = parse('api', '--port', '1', 'db', '--', '--port', '2', '--', 'x')
    expect({ flags: { ...flags }, words, rest }).toEqual({
      flags: { port: '1' },
      words: ['api', 'db'],
      rest: ['--port', '2', '--', 'x'],
    })
  })

  it('takes numbers below zero for values, and flags that are said to be on or off', () => {
    expect(numberFlag(parse('--port', '-1'), 'port')).toBe(-1)
    expect(parse('--help=false', '--debug=true').flags).toMatchObject({ help: false, debug: true })
  })

  it('hands on what follows the words that say so, flags and all', () => {
    const handing = { ...command, handsOnAfter: (words: readonly string[]) => words.length === 2 }
    const { words, rest, flags } = parseInvocation('x', handing, [
      '--port',
      '1',
      'cmd',
      'a',
      'git',
      '-C',
      'x',
      '--',
      'y',
    ])
    expect({ words, rest, flags: { ...flags } }).toEqual({
      words: ['cmd', 'a'],
      rest: ['git', '-C', 'x', '--', 'y'],
      flags: { port: '1' },
    })
    expect(parseInvocation('x', handing, ['cmd', 'a', '--', '-x'])).toMatchObject({ rest: ['-x'] })
  })

  it('refuses flags it does not know, and says where the arguments of the config go', () => {
    expect(() => parse('--nope')).toThrow(
      expect.objectContaining({ message: "Unknown option '--nope'", hint: expect.stringContaining('after --') }),
    )
  })

  it.each([
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['0', 0],
  ])('reads the duration %s', (text, ms) => expect(durationFlag(parse('--timeout', text), 'timeout')).toBe(ms))

  it.each(['30', 'soon', '5 m', '', '1s!'])('refuses the duration %j', (text) => {
    expect(() => durationFlag(parse(`--timeout=${text}`), 'timeout')).toThrow('takes a duration')
  })

  it('lets flags that are on or off say so', () => {
    expect(parse('--quick').flags['quick']).toBe(true)
    expect(parse('--quick=true').flags['quick']).toBe(true)
    expect(parse('--quick=false').flags['quick']).toBe(false)
    expect(parse('--only=true').flags['only']).toEqual(['true'])
    expect(() => parse('--quick=perhaps')).toThrow('quick')
  })

  it('takes lists by repeating and by commas', () =>
    expect(listFlag(parse('--only', 'a,b', '--only=c'), 'only')).toEqual(['a', 'b', 'c']))

  it('refuses a port that is no whole number', () =>
    expect(() => numberFlag(parse('--port', '1.5'), 'port')).toThrow('whole number'))
})
