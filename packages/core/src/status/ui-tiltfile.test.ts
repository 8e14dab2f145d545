import type { Tiltfile, TiltfileStatus } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { at, resource, second } from './row.test.support.js'
import { uiTiltfile } from './ui-tiltfile.js'

const tiltfile = (status: Partial<TiltfileStatus>): Tiltfile => ({
  apiVersion: 'tilt.dev/v1alpha1',
  kind: 'Tiltfile',
  metadata: resource('(Tiltfile)').metadata,
  spec: { path: '/app/tilt.config.ts', args: [] },
  status: { diagnostics: [], reads: [], evaluations: 0, ...status },
})
const row = (status: Partial<TiltfileStatus>) => uiTiltfile(tiltfile(status), undefined, second(9))
const ended = (error: string): NonNullable<TiltfileStatus['terminated']> => ({
  reasons: [],
  error,
  startedAt: at(1),
  finishedAt: at(2),
  warningCount: 1,
})

describe('the row of the config', () => {
  test.each<[string, Partial<TiltfileStatus>, string, string | undefined]>([
    ['not evaluated yet', {}, 'pending', 'queued'],
    ['running', { running: { reasons: [], startedAt: at(1) } }, 'in_progress', 'evaluating'],
    ['good', { terminated: ended(''), evaluations: 1 }, 'ok', undefined],
    ['bad', { terminated: ended('no such file\nat line 3'), evaluations: 1 }, 'error', 'no such file'],
    ['changed since', { terminated: ended(''), pending: { reason: 'files' } }, 'pending', 'queued'],
  ])('%s', (_, status, update, summary) => {
    expect(row(status)).toMatchObject({ updateStatus: update, runtimeStatus: 'not_applicable', summary })
  })

  test('API-24: shows its last evaluation and the one that runs', () => {
    const status = row({
      terminated: ended('boom'),
      running: { reasons: [], startedAt: at(5) },
      evaluations: 2,
      diagnostics: [{ code: 'config/warning', severity: 'warning', message: 'old option', places: [] }],
    })
    expect(status.buildHistory).toEqual([
      {
        error: 'boom',
        warnings: ['old option'],
        startTime: at(1),
        finishTime: at(2),
        spanID: 'tiltfile:(Tiltfile):2',
        isCrashRebuild: false,
      },
    ])
    expect(status.currentBuild).toEqual({ startTime: at(5), spanID: 'tiltfile:(Tiltfile):3' })
  })

  test('API-29: cannot be disabled', () => {
    expect(row({}).disableStatus).toMatchObject({ state: 'Enabled', sources: [] })
  })
})
