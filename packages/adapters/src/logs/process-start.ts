import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'

/**
 * When a process started, in the system's own words, so that a number given to another process later is seen.
 * Nothing when there is no such process, or the system cannot say.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxStart(pid)
  if (process.platform === 'win32') return undefined
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], (error, stdout) => {
      resolve(error === null && stdout.trim() !== '' ? stdout.trim() : undefined)
    })
  })
}

/** Whether the process that started then is still there. */
export async function isRunning(pid: number, start: string | undefined): Promise<boolean> {
  return exists(pid) && (start === undefined || (await processStart(pid)) === start)
}

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name may hold blanks and brackets; the fields after it do not. Start time is the 22nd field of all.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' || state === 'X' ? undefined : fields[18]
  } catch {
    return undefined
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
