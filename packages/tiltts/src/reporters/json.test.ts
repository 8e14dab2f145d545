import { expect, it } from 'vitest'
import { ciResource, ciRun, failedResource } from './ci-run.test.support.js'
import { ciJson } from './json.js'

it('a JSON report has every field of its shape, null where nothing is known, and paths from the folder', () => {
  const steps = [{ name: 'cmd', startTime: '2026-01-02T12:00:01.000Z', durationMs: 900.4, error: 'exited with code 7' }]
  const update = {
    name: 'api-1',
    phase: 'failed',
    startTime: '2026-01-02T12:00:01.000Z',
    durationMs: 901,
    queuedMs: 1_000,
    steps,
  }
  const run = ciRun({
    result: 'failed',
    exitCode: 1,
    reason: 'api: update failed',
    resources: [
      failedResource('api', { updates: [update], waitedOn: { what: 'db', ms: 12.5 } }),
      ciResource('db', { durationMs: undefined }),
    ],
  })
  expect(JSON.parse(ciJson(run, '/shop'))).toEqual({
    version: 1,
    result: 'failed',
    exitCode: 1,
    reason: 'api: update failed',
    startTime: '2026-01-02T12:00:00.000Z',
    finishTime: '2026-01-02T12:01:05.400Z',
    durationMs: 65_400,
    config: { path: 'tilt.config.ts', durationMs: 420, error: '', diagnostics: [] },
    resources: [
      {
        name: 'api',
        type: 'local',
        labels: [],
        state: 'failed',
        result: 'failed',
        durationMs: 1_500,
        waitedOn: { what: 'db', ms: 13 },
        detail: 'update failed: exited with code 7',
        probeOutput: null,
        place: { file: 'tilt.config.ts', line: 3, column: 1 },
        updates: [
          {
            name: 'api-1',
            phase: 'failed',
            startTime: '2026-01-02T12:00:01.000Z',
            durationMs: 901,
            queuedMs: 1_000,
            steps: [
              { name: 'cmd', startTime: '2026-01-02T12:00:01.000Z', durationMs: 900, error: 'exited with code 7' },
            ],
          },
        ],
        lastLines: ['before the end', 'the reason'],
      },
      {
        name: 'db',
        type: 'local',
        labels: [],
        state: 'succeeded',
        result: 'passed',
        durationMs: null,
        waitedOn: null,
        detail: null,
        probeOutput: null,
        place: null,
        updates: [],
        lastLines: [],
      },
    ],
  })
})
