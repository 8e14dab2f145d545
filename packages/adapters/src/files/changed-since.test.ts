import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createFiles } from './create-files.js'

it('tells of what changed after the given moment, though before the watch was there, and of nothing older', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tiltts-since-'))
  const files = createFiles({ base: root })
  onTestFinished(async () => {
    await files.close()
    rmSync(root, { recursive: true })
  })
  mkdirSync(join(root, 'src/skipped'), { recursive: true })
  writeFileSync(join(root, 'src/old.txt'), '')
  // Change times of the system stand still for some milliseconds.
  await sleep(30)
  const since = Date.now()
  await sleep(30)
  for (const name of ['src/new.txt', 'single.txt', 'src/ignored.tmp', 'src/skipped/new.txt'])
    writeFileSync(join(root, name), '')
  const seen = new Set<string>()
  await files.watch({
    paths: [join(root, 'src'), join(root, 'single.txt'), join(root, 'absent.txt')],
    since,
    ignored: (path) => path.endsWith('.tmp'),
    prunes: (folder) => folder.endsWith('/skipped'),
    onChange: (paths) => {
      for (const path of paths) seen.add(path.slice(root.length + 1))
    },
    onProblem: (problem) => expect.fail(problem.message),
  })
  await vi.waitFor(() => expect(seen.size).toBeGreaterThan(1))
  await sleep(50)
  expect([...seen].sort()).toEqual(['single.txt', 'src/new.txt'])
})
