import { describe, expect, it } from 'vitest'
import { createPathIndex } from './path-index.js'

describe('createPathIndex', () => {
  it('names the owners of a path and of the folders above it', () => {
    const index = createPathIndex<string>()
    index.add('/app', 'all')
    index.add('/app/web/', 'web')
    index.add('/app/website', 'site')
    expect([...index.ownersOf('/app/web/src/main.ts')]).toEqual(['all', 'web'])
    expect([...index.ownersOf('/app/web')]).toEqual(['all', 'web'])
    expect([...index.ownersOf('/')]).toEqual([])
  })

  it('names the owners around a path: above it and below it', () => {
    const index = createPathIndex<string>()
    index.add('/app', 'all')
    index.add('/app/web/src', 'web')
    index.add('/app/db', 'db')
    expect([...index.ownersAround('/app/web')]).toEqual(['all', 'web'])
    expect([...index.ownersAround('/app/web/src/deep')]).toEqual(['all', 'web'])
    expect([...index.ownersAround('/app/x')]).toEqual(['all'])
  })

  it('keeps one owner of a path when another leaves', () => {
    const index = createPathIndex<string>()
    index.add('/a/b', 'one')
    index.add('/a/b', 'two')
    index.delete('/a/b', 'one')
    index.delete('/a', 'two')
    index.delete('/a/b/c', 'two')
    expect([...index.ownersOf('/a/b')]).toEqual(['two'])
  })

  it('takes a folder at the root of everything', () => {
    const index = createPathIndex<string>()
    index.add('/', 'root')
    expect([...index.ownersOf('/any/path')]).toEqual(['root'])
    index.delete('/', 'root')
    expect([...index.ownersOf('/any/path')]).toEqual([])
  })
})
