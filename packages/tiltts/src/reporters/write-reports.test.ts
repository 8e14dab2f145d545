import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogStore } from '@tiltts/core/logs'
import { createStore } from '@tiltts/core/store'
import { expect, onTestFinished, test } from 'vitest'
import { writeReports } from './write-reports.js'

const nothing = { junit: [], json: [], github: false }
const end = { outcome: { exitCode: 0, reason: '', diagnostics: [] }, exitCode: 0, finishedAt: 1_000 } as const

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tiltts-reports-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const session = {
  store: createStore({ now: () => 0, uid: () => 'u' }),
  logs: createLogStore({ now: () => 0 }),
}

test('one that cannot be written is told of and keeps no other from being written', async () => {
  const path = folder()
  writeFileSync(join(path, 'file'), '')
  const junit = [join(path, 'file/report.xml'), join(path, 'sub/report.xml')]
  const { problems } = await writeReports(session, end, { ...nothing, junit })
  expect(problems).toEqual([expect.stringContaining(`The JUnit report could not be written to ${junit[0]}`)])
  expect(existsSync(join(path, 'sub/report.xml'))).toBe(true)
})

test('CLI-29: the snapshot replaces a longer file as a whole, and nothing is left beside it', async () => {
  const path = folder()
  const snapshot = join(path, 'snapshot.json')
  writeFileSync(snapshot, 'x'.repeat(100_000))
  await writeReports(session, end, { ...nothing, snapshot })
  expect(JSON.parse(readFileSync(snapshot, 'utf8'))).toMatchObject({ view: { isComplete: true, logList: {} } })
  expect(readFileSync(snapshot, 'utf8')).toContain('\n  "view": {\n')
  expect(readdirSync(path)).toEqual(['snapshot.json'])
})

test('a snapshot, which people send to others, holds no secret that is known, wherever it stands', async () => {
  const store = createStore({ now: () => 0, uid: () => 'u' })
  const logs = createLogStore({ now: () => 0 })
  logs.addSecrets([{ value: 'hunter2-and-more', replacement: '[secret]' }])
  store.update({ by: 'cluster' }, (tx) => {
    tx.put('Cluster', 'docker', { connection: { docker: {} } }, { error: 'cannot log in with hunter2-and-more' })
  })
  const snapshot = join(folder(), 'snapshot.json')
  await writeReports({ store, logs }, end, { ...nothing, snapshot })
  expect(readFileSync(snapshot, 'utf8')).toContain('cannot log in with [secret]')
  expect(readFileSync(snapshot, 'utf8')).not.toContain('hunter2')
})

test('the summary of a job goes behind what is there, and only where GitHub has a place for it', async () => {
  const GITHUB_STEP_SUMMARY = join(folder(), 'summary.md')
  writeFileSync(GITHUB_STEP_SUMMARY, 'before\n')
  await writeReports(session, end, { ...nothing, github: true }, { GITHUB_STEP_SUMMARY })
  expect(readFileSync(GITHUB_STEP_SUMMARY, 'utf8')).toMatch(/^before\n### ✅ tiltts ci succeeded\n/)
  expect(await writeReports(session, end, { ...nothing, github: true }, {})).toEqual({ annotations: '', problems: [] })
})
