import { describe, expect, it } from 'vitest'
import { baseName, cleanPath, isWithin, parentPath, relativeTo } from './posix.js'

describe('cleanPath', () => {
  it.each([
    ['/a/./b//c/', '/a/b/c'],
    ['/a/../..', '/'],
    ['a/../../b', '../b'],
    ['./', '.'],
    ['', '.'],
    ['/', '/'],
    ['../..', '../..'],
  ])('%j → %j', (path, clean) => {
    expect(cleanPath(path)).toBe(clean)
  })
})

describe('isWithin', () => {
  it.each([
    ['/a/b', '/a', true],
    ['/a', '/a', true],
    ['/a', '/a/', true],
    ['/ab', '/a', false],
    ['/a', '/a/b', false],
    ['/a', '/', true],
    ['/', '/', true],
  ])('%j in %j: %s', (path, folder, expected) => {
    expect(isWithin(path, folder)).toBe(expected)
  })
})

describe('relativeTo', () => {
  it('is the rest of the path, nothing for the folder itself, undefined outside', () => {
    expect(relativeTo('/a/b/c', '/a')).toBe('b/c')
    expect(relativeTo('/a', '/a')).toBe('')
    expect(relativeTo('/b', '/a')).toBeUndefined()
    expect(relativeTo('/a', '/')).toBe('a')
  })
})

describe('parentPath and baseName', () => {
  it('take a path apart', () => {
    expect([parentPath('/a/b'), baseName('/a/b')]).toEqual(['/a', 'b'])
    expect([parentPath('/a'), baseName('/a')]).toEqual(['/', 'a'])
    expect(parentPath('/')).toBe('/')
  })
})
