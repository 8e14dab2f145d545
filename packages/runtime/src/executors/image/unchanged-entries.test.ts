import { describe, expect, it } from 'vitest'
import type { TreeEntry } from '../../ports/files.js'
import { unchangedEntries } from './unchanged-entries.js'

const file = (path: string, hash: string, more: Partial<TreeEntry> = {}): TreeEntry => ({
  path,
  kind: 'file',
  mode: 0o644,
  hash,
  ...more,
})
const folder = (path: string, more: Partial<TreeEntry> = {}): TreeEntry => ({
  path,
  kind: 'folder',
  mode: 0o755,
  hash: '',
  ...more,
})
const changed = { changed: true } as const

describe('what stood still while an image was built', () => {
  const seen = [folder('/a'), file('/a/one', '1'), file('/a/two', '2')]

  it('is all when nothing has changed', () => {
    expect(unchangedEntries(seen, seen)).toEqual({ sure: seen, all: true })
  })

  it('is not what was written before it was looked at, or after', () => {
    const one = file('/a/one', '1', changed)
    expect(unchangedEntries([folder('/a'), one, file('/a/two', '2')], seen).all).toBe(false)
    // From there and back again.
    expect(unchangedEntries(seen, [folder('/a'), one, file('/a/two', '2')]).sure).toEqual([
      folder('/a'),
      file('/a/two', '2'),
    ])
    expect(unchangedEntries(seen, [folder('/a'), file('/a/one', 'x'), file('/a/two', '2')]).all).toBe(false)
  })

  it('is not all when something came or went', () => {
    expect(unchangedEntries(seen, [folder('/a'), file('/a/one', '1')]).all).toBe(false)
    expect(unchangedEntries(seen, [...seen, file('/a/zoo', '3')]).all).toBe(false)
    // It went before it could be looked at.
    expect(
      unchangedEntries([folder('/a', changed), file('/a/one', '1')], [folder('/a'), file('/a/one', '1')]).all,
    ).toBe(false)
  })

  it('is all when only ignored files in its folders came and went after the look', () => {
    expect(unchangedEntries(seen, [folder('/a', changed), ...seen.slice(1)]).all).toBe(true)
  })
})
