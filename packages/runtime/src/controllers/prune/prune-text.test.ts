import { expect, it } from 'vitest'
import { pruneText } from './prune-text.js'

it('PRUNE-03: a summary says how much of what was removed, and nothing when nothing was', () => {
  const nothing = { containers: [], images: [], buildCaches: 0, bytes: 0 }
  expect(pruneText(nothing)).toBeUndefined()
  expect(pruneText({ containers: ['a'], images: ['b', 'c'], buildCaches: 12, bytes: 1_234_567_890 })).toBe(
    'Docker prune: removed 1 container, 2 images, 12 build cache entries; freed 1.2 GB',
  )
  expect(pruneText({ ...nothing, buildCaches: 1, bytes: 999 })).toBe(
    'Docker prune: removed 1 build cache entry; freed 999 B',
  )
  expect(pruneText({ ...nothing, images: ['a'], bytes: 0 })).toBe('Docker prune: removed 1 image; freed 0 B')
  expect(pruneText({ ...nothing, images: ['a'], bytes: 256_000_000 })).toContain('256 MB')
})
