import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { groupProbe, isRunning, processesOfSessions, startTimeOf, statOf } from './process-table.js'

const folder = mkdtempSync(join(tmpdir(), 'tiltts-table-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const started: number[] = []
afterEach(() => {
  for (const pid of started.splice(0)) process.kill(-pid, 'SIGKILL')
})

const start = (argv: readonly string[], env = process.env): Promise<{ pid: number; line: string }> => {
  const [command = '', ...args] = argv
  const child = spawn(command, args, { detached: true, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const pid = child.pid ?? 0
  started.push(pid)
  return new Promise((resolve) => child.stdout.once('data', (line) => resolve({ pid, line: String(line) })))
}

describe.skipIf(process.platform !== 'linux')('the process table', () => {
  it('does not take a zombie for running, and not a group of zombies', async () => {
    // The job has a group of its own, and its parent never asks for its exit code: it is no shell any more when that ends.
    const { pid, line } = await start(['sh', '-c', 'setsid sleep 0.2 & echo $!; exec sleep 1000'])
    const zombie = Number(line)
    const isOver = (): void => expect(statOf(zombie)).toMatchObject({ state: 'Z', group: zombie })
    await vi.waitFor(isOver, { timeout: 10_000 })
    expect(process.kill(-zombie, 0)).toBe(true)
    expect([isRunning(zombie), groupProbe(zombie)()]).toEqual([false, false])
    expect([isRunning(pid), groupProbe(pid)()]).toEqual([true, true])
  })

  it('knows a group until its last member is gone, also one that joined meanwhile', async () => {
    const { pid, line } = await start([
      'sh',
      '-c',
      `(sleep 0.1; sleep 1000 & echo late $!) & echo first $!; sleep 1000`,
    ])
    const runs = groupProbe(pid)
    expect(runs()).toBe(true)
    const first = Number(line.split(' ')[1])
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(() => expect(isRunning(first)).toBe(false))
    expect(runs()).toBe(true)
    process.kill(-pid, 'SIGKILL')
    await vi.waitFor(() => expect(runs()).toBe(false))
    started.pop()
  })

  it('reads past names that look like the fields after them', async () => {
    const odd = join(folder, 'a) Z 1 (b')
    copyFileSync('/bin/sh', odd)
    const { pid } = await start([odd, '-c', 'echo ready; sleep 1000; :'])
    expect(statOf(pid)?.group).toBe(pid)
    expect(startTimeOf(pid)).toMatch(/^\d+$/)
  })

  it('finds those that carry a session, and no other', async () => {
    const env = (session: string) => ({ ...process.env, TILTTS_SESSION: session })
    const script = ['sh', '-c', 'echo ready; exec sleep 1000']
    const [one, other] = await Promise.all([start(script, env('one-session')), start(script, env('one-session-more'))])
    expect(await processesOfSessions(new Set(['one-session']))).toEqual([one.pid])
    expect(await processesOfSessions(new Set(['one-session-more', 'none']))).toEqual([other.pid])
  })
})
