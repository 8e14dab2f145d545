import { describe, expect, it } from 'vitest'
import { didYouMean, nearest } from './nearest.js'

const names = ['api', 'api-gateway', 'database', 'cache', 'web', 'worker', 'frontend', 'Users_Service']

describe('nearest', () => {
  it.each<[string, string, readonly string[]]>([
    ['a wrong letter', 'databose', ['database']],
    ['a missing letter', 'databse', ['database']],
    ['a letter too many', 'caache', ['cache']],
    ['two letters swapped', 'wokrer', ['worker']],
    ['two letters swapped in a short name', 'wbe', ['web']],
    ['the beginning', 'front', ['frontend']],
    ['more than the name', 'webserver', ['web']],
    ['another case and other separators', 'usersService', ['Users_Service']],
    ['nothing like it', 'kafka', []],
    ['an empty name', '', []],
    ['one letter', 'x', []],
  ])('%s: %j → %j', (_, name, expected) => {
    expect(nearest(name, names)).toEqual(expected)
  })

  it('puts the nearest first, and equally near ones in the order given', () => {
    expect(nearest('api', ['apis', 'api-gateway', 'apo', 'app'])).toEqual(['apis', 'apo', 'app'])
  })

  it('names at most three, each once, and never the name itself', () => {
    expect(nearest('a1', ['a1', 'a2', 'a2', 'a3', 'a4', 'a5'])).toEqual(['a2', 'a3', 'a4'])
  })

  it('does not take everything for near to a very short name', () => {
    expect(nearest('db', ['x', 'ab', 'dc', 'zz'])).toEqual(['ab', 'dc'])
  })
})

describe('didYouMean', () => {
  it('is a question, or nothing', () => {
    expect(didYouMean('databse', names)).toBe('Did you mean `database`?')
    expect(didYouMean('a1', ['a2', 'a3', 'a4'])).toBe('Did you mean `a2`, `a3` or `a4`?')
    expect(didYouMean('kafka', names)).toBeUndefined()
  })
})
