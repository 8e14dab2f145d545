import { expect, test } from 'vitest'
import { findProducers, type PathUse } from './producers.js'

const use = (name: string, deps: string[], outputs: string[] = [], ignores?: PathUse['ignores']): PathUse => ({
  name,
  deps,
  outputs,
  ignores,
})
const found = (...resources: PathUse[]) => Object.fromEntries(findProducers(resources))

test('an output in or below a dep makes its writer a producer of the reader', () => {
  expect(found(use('web', ['/app/src']), use('gen', ['/app/schema'], ['/app/src/gen']))).toEqual({ web: ['gen'] })
  expect(found(use('web', ['/app/gen']), use('gen', [], ['/app/gen/']))).toEqual({ web: ['gen'] })
})

test('a dep below an output counts as well', () => {
  expect(found(use('web', ['/app/gen/api/v1']), use('gen', [], ['/app/gen']))).toEqual({ web: ['gen'] })
})

test('paths that only look alike are strangers', () => {
  expect(found(use('web', ['/app/gen']), use('gen', [], ['/app/gen2', '/app/ge']))).toEqual({})
})

test('nobody is a producer of itself', () => {
  expect(found(use('gen', ['/app'], ['/app/gen']))).toEqual({})
})

test('the root of the file system is above everything', () => {
  expect(found(use('all', ['/']), use('gen', [], ['/x/y']))).toEqual({ all: ['gen'] })
})

test('what a reader ignores is none of its inputs', () => {
  const web = use('web', ['/app'], [], (path) => path.startsWith('/app/dist'))
  expect(found(web, use('bundle', [], ['/app/dist']), use('gen', [], ['/app/gen']))).toEqual({ web: ['gen'] })
})

test('several producers are named once each, in the order of the resources', () => {
  const all = [use('b', [], ['/o/1', '/o/2']), use('a', [], ['/o/3']), use('web', ['/o', '/o/2'])]
  expect(found(...all)).toEqual({ web: ['b', 'a'] })
})
