import { randomUUID } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { processesContract } from '@tiltts/runtime/contracts/processes'
import { afterAll } from 'vitest'
import { createProcesses } from './create-processes.js'
import { leaveBehind } from './engine.test.support.js'
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
