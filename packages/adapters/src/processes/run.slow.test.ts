import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { createProcesses } from './create-processes.js'

const dir = mkdtempSync(join(tmpdir(), 'tiltts-run-'))
const processes = createProcesses({ sessionId: randomUUID(), stateFolder: dir })
afterAll(async () => {
  await processes.close(0)
  rmSync(dir, { recursive: true, force: true })
})

/** Shell that waits until a file is there. */
const until = (file: string): string => `until [ -e ${file} ]; do sleep 0.01; done`
const start = (argv: readonly string[]) => {
  const pieces: string[] = []
  const onOutput = (text: string): void => void pieces.push(text)
  const running = processes.spawn({ argv, dir, env: { PATH: process.env['PATH'] ?? '' }, onOutput })
  return { ...running, output: () => pieces.join('') }
}

it('a thousand processes leave no listener, no open file and no warning behind', async () => {
  const warnings: unknown[] = []
  const warn = (warning: unknown): void => void warnings.push(warning)
  process.on('warning', warn)
  const counts = (): number[] => process.eventNames().map((name) => process.listenerCount(name))
  const openFiles = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0)
  await start(['true']).exited
  const before = { listeners: counts(), files: openFiles() }
  let left = 1000
  const worker = async (): Promise<void> => {
    while (left-- > 0) expect(await start(['true']).exited).toEqual({ exitCode: 0 })
  }
  await Promise.all(Array.from({ length: 10 }, worker))
  await wait(50)
  expect({ listeners: counts(), files: openFiles() }).toEqual(before)
  expect(warnings).toEqual([])
  process.off('warning', warn)
})

it('output of one that left the group and never falls silent does not hold up the exit for ever', async () => {
  const running = start([
    'sh',
    '-c',
    `setsid sh -c 'echo escaped $$; : >loud; while :; do echo more; sleep 0.02; done' & ${until('loud')}`,
  ])
  await running.exited
  process.kill(Number(/escaped (\d+)/.exec(running.output())?.[1]), 'SIGKILL')
})

it('LOC-04: a process is given 10 s by default when the session ends, and then ended by force', async () => {
  const session = createProcesses({ sessionId: randomUUID(), stateFolder: dir })
  const argv = ['sh', '-c', `trap '' TERM; echo ready; exec sleep 1000`]
  const running = await new Promise<ReturnType<typeof session.spawn>>((resolve) => {
    const begun = session.spawn({ argv, dir, env: { PATH: process.env['PATH'] ?? '' }, onOutput: () => resolve(begun) })
  })
  const before = Date.now()
  await session.close()
  expect(Date.now() - before).toBeGreaterThan(9_900)
  expect(Date.now() - before).toBeLessThan(12_000)
  expect(await running.exited).toEqual({ exitCode: 137, signal: 'SIGKILL', reason: 'killed' })
})
