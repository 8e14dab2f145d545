import { describe, expect, it } from 'vitest'
import { dockerPruneSettings } from './docker-prune-settings.js'
import { defaultRegistry } from './registry.js'
import { type Evaluated, evaluate } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never
const messages = ({ errors }: Evaluated): readonly string[] => errors.map(({ message }) => message)

describe('defaultRegistry', () => {
  it('REG-01: takes a host, what the cluster calls it, and one name for all images', async () => {
    const bare = await evaluate(() => defaultRegistry('localhost:5000'))
    expect(bare.graph().registry).toEqual({
      host: 'localhost:5000',
      place: expect.objectContaining({ file: expect.stringContaining('registry.test.ts') }),
    })
    const full = await evaluate(() =>
      defaultRegistry('ghcr.io/shop', { hostFromCluster: 'registry:5000', singleName: 'dev/all' }),
    )
    expect(full.graph().registry).toMatchObject({
      host: 'ghcr.io/shop',
      hostFromCluster: 'registry:5000',
      singleName: 'dev/all',
    })
    expect((await evaluate(() => undefined)).graph().registry).toBeUndefined()
  })

  it('REG-01: refuses a host that cannot stand in front of the name of an image', async () => {
    const refused = async (host: unknown, options?: unknown): Promise<readonly unknown[]> =>
      (await evaluate(() => defaultRegistry(anything(host), anything(options)))).errors.map((error) => [
        error.code,
        error.message,
        error.hint,
      ])
    const hint = "Write: 'localhost:5000', or 'ghcr.io/shop'"
    const code = 'config/invalid-image'
    expect(await refused('https://ghcr.io')).toEqual([
      [
        code,
        'defaultRegistry("https://ghcr.io"): "https://ghcr.io" cannot be a registry: it is a URL',
        "Leave the scheme out: 'ghcr.io'",
      ],
    ])
    expect(await refused('ghcr.io/')).toEqual([
      [code, 'defaultRegistry("ghcr.io/"): "ghcr.io/" cannot be a registry: a / is too many', hint],
    ])
    expect(await refused('ghcr.io/Shop')).toEqual([
      [
        code,
        'defaultRegistry("ghcr.io/Shop"): "ghcr.io/Shop" cannot be a registry: it holds upper-case letters',
        "Write it in lower case: 'ghcr.io/shop'",
      ],
    ])
    expect(await refused('')).toEqual([[code, 'defaultRegistry(""): "" cannot be a registry: it is empty', hint]])
    expect(await refused(undefined)).toEqual([
      [code, 'defaultRegistry(missing): missing cannot be a registry: it is no text', hint],
    ])
    expect(await refused('a.b', { hostFromCluster: 'x y' })).toEqual([
      [code, 'defaultRegistry("a.b"): "x y" cannot be a registry: it holds a space or a line break', hint],
    ])
    expect(await refused('a.b', { singleName: 'x:y' })).toEqual([
      [code, 'defaultRegistry("a.b"): "x:y" cannot be the one name of all images: tags tell the images apart', hint],
    ])
  })

  it('REG-01: refuses a second call, and shows both', async () => {
    const evaluated = await evaluate(() => {
      defaultRegistry('a.b')
      defaultRegistry('c.d')
    })
    expect(messages(evaluated)).toEqual(['defaultRegistry() was called before'])
    const [second, first] = evaluated.errors[0]?.places ?? []
    expect(second?.line).toBe((first?.line ?? 0) + 1)
  })
})

describe('dockerPruneSettings', () => {
  it('SET-02: takes what is kept and how often, adds up over calls, and the last word on how often counts', async () => {
    const prune = async (config: () => void): Promise<unknown> => (await evaluate(config)).graph().settings.prune
    expect(await prune(() => undefined)).toBeUndefined()
    expect(
      await prune(() => {
        dockerPruneSettings({ disable: true, maxAge: '24h', interval: '2h' })
        dockerPruneSettings({ keepRecent: 0, disable: false })
      }),
    ).toEqual({ disable: false, maxAgeMs: 86_400_000, intervalMs: 7_200_000, numBuilds: 0, keepRecent: 0 })
    expect(
      await prune(() => {
        dockerPruneSettings({ numBuilds: 10 })
        dockerPruneSettings({ maxAge: 0 })
      }),
    ).toEqual({ numBuilds: 10, maxAgeMs: 0 })
    expect(
      await prune(() => {
        dockerPruneSettings({ numBuilds: 10 })
        dockerPruneSettings({ interval: '1h' })
      }),
    ).toEqual({ numBuilds: 0, intervalMs: 3_600_000 })
  })

  it('SET-02: refuses two answers to how often, and wrong values', async () => {
    const evaluated = await evaluate(() => {
      dockerPruneSettings({ numBuilds: 5, interval: '1h' })
      dockerPruneSettings({ interval: '0' })
      dockerPruneSettings({ keepRecent: -1 })
      dockerPruneSettings(anything({ maxAgeMins: 5 }))
    })
    expect(messages(evaluated)).toEqual([
      'dockerPruneSettings() has both numBuilds and interval',
      expect.stringContaining('`interval` must be a duration of at least one second'),
      expect.stringContaining('`keepRecent` must be a whole number of at least 0'),
      'dockerPruneSettings() has no option `maxAgeMins`',
    ])
  })
})
