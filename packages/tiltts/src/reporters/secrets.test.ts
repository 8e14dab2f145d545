import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogStore } from '@tiltts/core/logs'
import { annotation, wellKnown } from '@tiltts/spec'
import { expect, onTestFinished, test } from 'vitest'
import { ciReportText } from '../terminal/ci-report.js'
import { at, second, sessionOf } from './session-of.test.support.js'
import { writeReports } from './write-reports.js'

const secret = 'hunter2-and-more'

/** A run in which a command and the config have said a secret. */
function leaking(): Parameters<typeof writeReports>[0] {
  const store = sessionOf({ api: { last: 'failed', history: ['api-1'] } })
  const said = `no entry for ${secret}`
  store.update({ by: 'test' }, (tx) => {
    tx.put(
      'Update',
      'api-1',
      { resource: 'api', causes: [] },
      {
        phase: 'failed',
        error: said,
        queuedAt: at(1),
        startTime: at(3),
        finishTime: at(8),
        holds: [],
        steps: [{ name: 'cmd', startTime: at(3), finishTime: at(8), error: said }],
      },
      { annotations: { [annotation.resource]: 'api' } },
    )
    tx.put(
      'Tiltfile',
      wellKnown.tiltfile,
      { path: '/shop/tilt.config.ts', args: [] },
      {
        reads: [],
        evaluations: 1,
        diagnostics: [{ code: 'config/threw', severity: 'warning', message: said, places: [], hint: said }],
        terminated: { startedAt: at(0), finishedAt: at(1), error: said, reasons: [], warningCount: 1 },
      },
    )
  })
  const logs = createLogStore({ now: () => 0 })
  logs.addSecrets([{ value: secret, replacement: '[secret]' }])
  return { store, logs }
}

const outcome = { exitCode: 1, reason: `api: update failed: no entry for ${secret}`, diagnostics: [] } as const
const end = { outcome, exitCode: 1, finishedAt: second(10) }

test('no report of a ci run holds a secret that is known, whoever said it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tiltts-secrets-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string): string => join(folder, name)
  const choice = { junit: [file('junit.xml')], json: [file('report.json')], github: true }
  const { annotations } = await writeReports(leaking(), end, choice, { GITHUB_STEP_SUMMARY: file('summary.md') })
  const reports = ['junit.xml', 'report.json', 'summary.md'].map((name) => readFileSync(file(name), 'utf8'))
  for (const text of [...reports, annotations]) {
    expect(text).toContain('no entry for ')
    expect(text).not.toContain('hunter2')
  }
  expect(JSON.parse(reports[1] ?? '')).toMatchObject({
    reason: 'api: update failed: no entry for [secret]',
    config: { error: 'no entry for [secret]', diagnostics: [{ hint: 'no entry for [secret]' }] },
    resources: [{ name: 'api', updates: [{ steps: [{ name: 'cmd', error: 'no entry for [secret]' }] }] }],
  })
})

test('the table at the end of a ci run holds no secret, nor the beginning of one', () => {
  const said = leaking()
  const text = ciReportText(said, outcome, second(10))
  expect(text).toContain('no entry for [secret]')
  expect(text).not.toContain('hunter')
})
