import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogStore, type LogStore } from '@tiltts/core/logs'
import { expect, onTestFinished, test } from 'vitest'
import { writeLogFiles } from './log-files.js'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'tiltts-logs-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function store(maxLineLength?: number): LogStore {
  const logs = createLogStore({ now: () => 0, ...(maxLineLength !== undefined && { maxLineLength }) })
  logs.span({ id: 'global', resource: '', source: 'runtime' })
  logs.span({ id: 'tiltfile', resource: '(Tiltfile)', source: 'build' })
  logs.span({ id: 'build:api', resource: 'api', source: 'build' })
  logs.span({ id: 'serve:api', resource: 'api', source: 'runtime' })
  logs.span({ id: 'build:db', resource: 'shop/db', source: 'build' })
  return logs
}

test('each resource has a file with all of its lines, in order and without escape sequences', async () => {
  const logs = store()
  logs.append('global', 'started\n')
  logs.append('tiltfile', 'from the config\n')
  logs.append('build:api', 'one\n\x1b[31mtwo\x1b[0m\n')
  logs.append('build:db', 'of db\n')
  logs.append('serve:api', 'three\n')
  const path = folder()
  writeFileSync(join(path, 'api.log'), 'of an earlier run, which was much longer than this one is\n')
  writeFileSync(join(path, 'mine.txt'), 'mine')
  await writeLogFiles(path, logs, ['api', 'shop/db', 'silent'])
  expect(Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]))).toEqual({
    'tiltts.log': 'started\nfrom the config\n',
    'api.log': 'one\ntwo\nthree\n',
    'shop_db.log': 'of db\n',
    'silent.log': '',
    'mine.txt': 'mine',
  })
})

test('logs larger than what is held at once are complete', async () => {
  const logs = store()
  const lines = Array.from({ length: 60_000 }, (_, index) => `a line of some length, number ${index}\n`)
  for (let at = 0; at < lines.length; at += 100) {
    logs.append('build:api', lines.slice(at, at + 100).join(''))
    logs.append('build:db', 'now and then\n')
  }
  const path = folder()
  await writeLogFiles(path, logs, ['api', 'shop/db'])
  expect(readFileSync(join(path, 'api.log'), 'utf8') === lines.join('')).toBe(true)
  expect(readFileSync(join(path, 'shop_db.log'), 'utf8')).toBe('now and then\n'.repeat(600))
})

test('pieces of a long line are put together, also when another span logs in between', async () => {
  const logs = store(8)
  logs.append('build:api', '0123456789abcdef0123')
  logs.append('build:api', '4567\nnext\n')
  logs.append('build:api', 'x'.repeat(20))
  logs.append('serve:api', 'between\n')
  const path = folder()
  await writeLogFiles(path, logs, ['api'])
  const text = readFileSync(join(path, 'api.log'), 'utf8')
  expect(text.startsWith('0123456789abcdef01234567\nnext\n')).toBe(true)
  expect(text).toContain('\nbetween\n')
})
