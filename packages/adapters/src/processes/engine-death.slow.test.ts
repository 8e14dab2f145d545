import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { said, startEngine } from './engine.test.support.js'
import { isRunning } from './process-table.js'

const stateFolder = mkdtempSync(join(tmpdir(), 'tiltts-death-'))
afterAll(() => rmSync(stateFolder, { recursive: true, force: true }))

it.skipIf(process.platform === 'win32')(
  'EXIT-02: after kill -9 all it ran is gone within 5 s: background children, those that left their group, those that ignore SIGTERM',
  async () => {
    const { engine, pids } = await engineWithChildren()
    expect(pids.filter(isRunning)).toEqual(pids)
    const before = Date.now()
    engine.kill('SIGKILL')
    await vi.waitFor(() => expect(pids.filter(isRunning)).toEqual([]), { timeout: 8000, interval: 10 })
    expect(Date.now() - before).toBeLessThan(5000)
  },
)

/** An engine that runs one process of each sort, and the pids of them all. */
async function engineWithChildren(): Promise<{ readonly engine: ChildProcess; readonly pids: readonly number[] }> {
  const options = JSON.stringify({ sessionId: randomUUID(), stateFolder })
  const script = `
    const run = (text) => processes.spawn({ argv: ['sh', '-c', text], dir: '/', env, onOutput: (line) => say(line.trim()) })
    run('echo $$; exec sleep 1000')
    run('echo $$; sleep 1000 & echo $!; wait')
    run('echo $$; setsid sh -c "echo \\\\$\\\\$; exec sleep 1000" & wait')
    run('trap "" TERM; echo $$; exec sleep 1000')
  `
  const engine = startEngine(options, script)
  const text = await said(engine, (so) => so.trim().split('\n').length === 6)
  return { engine, pids: text.trim().split('\n').map(Number) }
}
