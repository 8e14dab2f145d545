import { execFile } from 'node:child_process'
import { constants } from 'node:os'

/** Sends a signal to a process, or to a group when the pid is negative. Gone already is fine. */
export function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // EPERM: all that is left belongs to another user, such as a command under sudo, which passes signals on itself.
    if (code === 'ESRCH' || code === 'EPERM') return false
    throw error
  }
}

/** Sends a signal to a process and all it started. Returns whether there was anything to send it to. */
export function signalTree(pid: number, name: 'SIGTERM' | 'SIGKILL'): boolean {
  if (process.platform !== 'win32') return signal(-pid, name)
  // Windows has no groups and no SIGTERM. Programs with a window can be asked to close; the others refuse, and are ended by force.
  const force = name === 'SIGKILL'
  execFile('taskkill', ['/pid', String(pid), '/T', ...(force ? ['/F'] : [])], { windowsHide: true }, (refused) => {
    if (refused && !force) signalTree(pid, 'SIGKILL')
  })
  return true
}

/** As shells count it: 128 plus the number of the signal. */
export function signalExitCode(name: string): number {
  const numbers: Readonly<Record<string, number>> = constants.signals
  return 128 + (numbers[name] ?? 0)
}
