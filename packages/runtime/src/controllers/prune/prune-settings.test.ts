import { describe, expect, it } from 'vitest'
import { pruneDueAt, prunedRepositories, pruneRequest } from './prune-settings.js'

const hour = 3_600_000

describe('when to prune', () => {
  it('PRUNE-01: after the first build, then every interval, or every so many builds when the settings say so', () => {
    const never = { prunedAt: undefined, builds: 0 }
    expect(pruneDueAt({}, never)).toBeUndefined()
    expect(pruneDueAt({}, { ...never, builds: 1 })).toBe(0)
    expect(pruneDueAt({}, { prunedAt: 1000, builds: 0 })).toBe(1000 + hour)
    expect(pruneDueAt({ intervalMs: 5 }, { prunedAt: 1000, builds: 0 })).toBe(1005)
    expect(pruneDueAt({ numBuilds: 3 }, { ...never, builds: 1 })).toBe(0)
    expect(pruneDueAt({ numBuilds: 3 }, { prunedAt: 1000, builds: 2 })).toBeUndefined()
    expect(pruneDueAt({ numBuilds: 3 }, { prunedAt: 1000, builds: 3 })).toBe(0)
    expect(pruneDueAt({ disable: true }, { ...never, builds: 9 })).toBeUndefined()
  })
})

describe('what is pruned', () => {
  it('PRUNE-02: is older than 6 hours and not among the 2 newest, unless the settings say otherwise', () => {
    expect(pruneRequest({}, ['a'], 7)).toEqual({ repositories: ['a'], maxAgeMs: 6 * hour, keepRecent: 2, now: 7 })
    expect(pruneRequest({ maxAgeMs: 1, keepRecent: 0 }, [], 7)).toMatchObject({ maxAgeMs: 1, keepRecent: 0 })
  })

  it('is called as the images of the config are, here and in the registry', () => {
    const images = [{ repository: 'shop/api' }, { repository: 'shop/web' }, { repository: 'shop/api' }]
    expect(prunedRepositories(images, undefined)).toEqual(['shop/api', 'shop/web'])
    expect(prunedRepositories(images, { host: 'localhost:5000', place: undefined })).toEqual([
      'shop/api',
      'localhost:5000/shop_api',
      'shop/web',
      'localhost:5000/shop_web',
    ])
    expect(prunedRepositories(images, { host: 'ecr', singleName: 'all', place: undefined })).toEqual([
      'shop/api',
      'shop/web',
    ])
  })
})
