import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { processesContract } from '@tiltts/runtime/contracts/processes'
import { afterAll } from 'vitest'
import { createProcesses } from './create-processes.js'
import { isRunning } from './process-table.js'

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'tiltts-processes-')))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const sh = (script: string): readonly string[] => ['sh', '-c', script]
const programs = {
  prints: sh('echo out; echo err >&2; exit 3'),
  cat: ['cat'],
  shows: sh('echo "$COLOUR"; echo "$TILTTS_SESSION"; pwd -P'),
  waits: sh('echo ready $$; exec sleep 1000'),
  stubborn: sh(`trap '' TERM; echo ready $$; exec sleep 1000`),
  polite: sh(`trap 'echo bye; exit 0' TERM; echo ready $$; while :; do sleep 0.05; done`),
  leaves: sh('sleep 1000 & echo child $!'),
  shepherd: sh(
    `(trap 'sleep 0.05; echo bye; exit 0' TERM; echo ready; while :; do sleep 0.02; done) & echo child $!; exec sleep 1000`,
  ),
}

for (const launcher of ['node', 'execa'] as const) {
  processesContract(`the machine, by ${launcher},`, async () => {
    const sessionId = randomUUID()
    const stateFolder = join(dir, sessionId)
    return {
      processes: createProcesses({ sessionId, stateFolder, launcher }),
      sessionId,
      dir,
      programs,
      alive: isRunning,
      kill: (pid, signal) => void process.kill(pid, signal),
      leaveBehind: () => leaveBehind(stateFolder),
      elapse: (ms) => wait(ms),
      now: Date.now,
    }
  })
}

/** Starts a process from an engine of its own, and kills that engine. */
function leaveBehind(stateFolder: string): Promise<number> {
  const engine = `
    import { createProcesses } from '${new URL('create-processes.ts', import.meta.url)}'
    const processes = createProcesses({ sessionId: 'killed', stateFolder: '${stateFolder}', reaper: false })
    const { pid } = processes.spawn({ argv: ['sleep', '1000'], dir: '/', env: { PATH: process.env.PATH } })
    console.log(pid)
    process.kill(process.pid, 'SIGKILL')
  `
  const argv = ['--conditions', '@tiltts/source', '--import', 'tsx', '--input-type=module', '-e', engine]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, argv, { cwd: import.meta.dirname }, (error, stdout, stderr) => {
      if (error?.signal === 'SIGKILL') resolve(Number(stdout))
      else reject(new Error(stderr))
    })
  })
}
