import { describe, expect, it } from 'vitest'
import { localResource } from './local-resource.js'
import { ciSettings, secretSettings, updateSettings, versionSettings, watchSettings } from './settings.js'
import { type Evaluated, evaluate } from './testing/evaluate.js'

const anything = (value: unknown): never => value as never

const evaluated = (config: () => void): Promise<Evaluated> =>
  evaluate(() => {
    localResource('a', { cmd: 'true' })
    config()
  })

describe('settings', () => {
  it('SET-01: updateSettings adds up over calls; of one setting the last call wins, and lists join', async () => {
    const { graph } = await evaluated(() => {
      updateSettings({ maxParallelUpdates: 5, k8sUpsertTimeout: '1m', suppressUnusedImageWarnings: 'a' })
      updateSettings({ maxParallelUpdates: 10, suppressUnusedImageWarnings: ['b', false] })
      updateSettings({ k8sServerSideApply: 'auto' })
    })
    expect(graph().settings).toEqual({
      maxParallelUpdates: 10,
      k8sUpsertTimeoutMs: 60_000,
      k8sServerSideApply: 'auto',
      suppressUnusedImageWarnings: ['a', 'b'],
    })
  })

  it('SET-01: updateSettings refuses less than one update at a time, and wrong values', async () => {
    const { errors } = await evaluated(() => {
      updateSettings({ maxParallelUpdates: 0 })
      updateSettings({ maxParallelUpdates: 1.5 })
      updateSettings({ k8sUpsertTimeout: '10ms' })
      updateSettings(anything({ k8sServerSideApply: 'true' }))
      updateSettings(anything({ maxParalelUpdates: 1 }))
    })
    expect(errors.map((error) => error.message)).toEqual([
      'updateSettings(): `maxParallelUpdates` must be a whole number of at least 1, but it is 0',
      'updateSettings(): `maxParallelUpdates` must be a whole number of at least 1, but it is 1.5',
      expect.stringContaining('`k8sUpsertTimeout` must be a duration of at least one second'),
      expect.stringContaining("`k8sServerSideApply` must be true, false or 'auto'"),
      'updateSettings() has no option `maxParalelUpdates`',
    ])
  })

  it('SET-03: ciSettings takes durations, and 0 for no limit', async () => {
    const { graph } = await evaluated(() => {
      ciSettings({ timeout: '1h', k8sGracePeriod: '10s' })
      ciSettings({ readinessTimeout: '0' })
    })
    expect(graph().settings).toEqual({ ciTimeoutMs: 3_600_000, ciK8sGracePeriodMs: 10_000, ciReadinessTimeoutMs: 0 })
    const { errors } = await evaluated(() => ciSettings(anything({ timeout: '30 minutes' })))
    expect(errors[0]?.message).toContain('ciSettings(): `timeout` must be a duration')
  })

  it('secretSettings switches scrubbing off', async () => {
    const { graph } = await evaluated(() => secretSettings({ disableScrub: true }))
    expect(graph().settings).toEqual({ disableScrub: true })
  })

  it('SET-05: versionSettings refuses another version, and a range that is none', async () => {
    const of = (constraint: string) => evaluated(() => versionSettings({ constraint, checkUpdates: false }))
    expect((await of('>=0.1 <1')).errors).toEqual([])
    expect((await of('^2')).errors).toMatchObject([
      { code: 'config/version', message: 'This config needs tiltts ^2, and 0.1.0 is running' },
    ])
    expect((await of('new')).errors[0]?.message).toContain("'new' is no range of versions")
  })

  it('SET-06: watchSettings adds up, relative to the config', async () => {
    const { graph, folder } = await evaluated(() => {
      watchSettings({ ignore: '**/*.log' })
      watchSettings({ ignore: ['docs/**', false] })
    })
    expect(graph().watchIgnores).toEqual([
      { basePath: folder, patterns: ['**/*.log'] },
      { basePath: folder, patterns: ['docs/**'] },
    ])
  })
})
