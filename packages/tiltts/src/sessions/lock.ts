import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { InfraError } from '@tiltts/spec'

/** How long another process may hold a lock. It is held for the time of reading and writing one small file. */
const patienceMs = 5_000

/** Does something while no other process of tiltts does it. Throws an InfraError when the lock stays taken. */
export async function withLock<T>(file: string, work: () => T): Promise<T> {
  const until = Date.now() + patienceMs
  while (!taken(file)) {
    if (!holderLives(file)) rmSync(file, { force: true })
    else if (Date.now() > until)
      throw new InfraError(
        'session/locked',
        'session',
        `${file} is held by another process; remove it if that is wrong`,
      )
    else await sleep(20)
  }
  try {
    return work()
  } finally {
    rmSync(file, { force: true })
  }
}

function taken(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600)
    writeSync(handle, String(process.pid))
    closeSync(handle)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Whether the process that holds it is there. One that is just being written names nobody yet, and counts as there. */
function holderLives(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    if (!pid) return true
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
