import { setTimeout as wait } from 'node:timers/promises'
import { isRunning, processesOfSessions } from './process-table.js'
import { signal } from './signals.js'

/** SIGTERM to SIGKILL for processes that nobody holds any more. */
const GRACE_MS = 2000

/**
 * Ends all processes that carry one of the sessions in their environment. Resolves when they are gone, with how many there were.
 *
 * @param graceMs SIGTERM to SIGKILL, asked again and again, so that it can shrink meanwhile.
 */
export async function endProcessesOf(
  sessionIds: ReadonlySet<string>,
  graceMs: () => number = () => GRACE_MS,
): Promise<number> {
  const first = await find(sessionIds)
  let running = first
  const begun = Date.now()
  for (const pid of running) signal(pid, 'SIGTERM')
  for (let pause = 5; running.length > 0 && Date.now() - begun < Math.min(GRACE_MS, graceMs()); ) {
    await wait(pause)
    pause = Math.min(2 * pause, 50)
    running = running.filter(isRunning)
  }
  // What is ended may be starting others at the same moment; and nothing is waited for for ever.
  for (let round = 0; round < 10 && first.length > 0; round++) {
    running = await find(sessionIds)
    if (running.length === 0) break
    for (const pid of running) signal(pid, 'SIGKILL')
    await wait(10)
  }
  return first.length
}

async function find(sessionIds: ReadonlySet<string>): Promise<number[]> {
  if (sessionIds.size === 0 || process.platform === 'win32') return []
  const pids = await processesOfSessions(sessionIds)
  // A session started inside another one carries the outer one, and must not end itself.
  return pids.filter((pid) => pid !== process.pid)
}
