import { describe, expect, it } from 'vitest'
import { satisfies } from './semver-range.js'

describe('ranges of versions', () => {
  it.each([
    ['1.2.3', '', true],
    ['1.2.3', '*', true],
    ['1.2.3', '1.2.3', true],
    ['1.2.3', '=1.2.4', false],
    ['1.2.3', '1.2', true],
    ['1.3.0', '1.2.x', false],
    ['1.9.9', '1', true],
    ['2.0.0', '1.x', false],
    ['1.2.3', '^1.2.0', true],
    ['2.0.0', '^1.2.0', false],
    ['2.0.0-beta.1', '^1.2.0', false],
    ['0.2.5', '^0.2.3', true],
    ['0.3.0', '^0.2.3', false],
    ['0.0.4', '^0.0.3', false],
    ['0.5.0', '^0', true],
    ['1.2.9', '~1.2.3', true],
    ['1.3.0', '~1.2.3', false],
    ['1.9.0', '~1', true],
    ['0.1.0', '>=0.1', true],
    ['0.1.0', '> 0.1', false],
    ['0.2.0', '>0.1', true],
    ['1.2.9', '<=1.2', true],
    ['1.3.0', '<=1.2', false],
    ['1.5.0', '>=1.2 <2', true],
    ['2.0.0', '>=1.2 <2', false],
    ['1.3.0', '1.2 - 1.4', true],
    ['1.5.0', '1.2 - 1.4', false],
    ['2.1.0', '^1 || ^2', true],
    ['1.0.0-rc.2', '>1.0.0-rc.1', true],
    ['1.0.0-rc.10', '<1.0.0-rc.9', false],
    ['1.0.0', '>1.0.0-rc.1', true],
    ['1.0.0-alpha', '<1.0.0-beta', true],
    ['v1.2.3', 'v1.2.3', true],
    ['1.2.3', 'latest', undefined],
    ['1.2.3', '>=1.2 <two', undefined],
    ['next', '1', undefined],
  ])('%s in %s is %s', (version, range, expected) => {
    expect(satisfies(version, range)).toBe(expected)
  })
})
