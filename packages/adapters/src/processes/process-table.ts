import { execFile, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'

/** Where the kernel tells about processes as files. Elsewhere `ps` is asked. */
export const hasProc: boolean = process.platform === 'linux'

interface ProcessStat {
  /** `Z` is a zombie: ended, but its parent has not asked for its exit code. */
  readonly state: string
  readonly group: number
  /** Clock ticks after boot. Together with the pid it names a process for good, since pids are used again. */
  readonly startTime: string
}

/** What the kernel says of a process; `undefined` when it is gone, or where the kernel does not tell. */
export function statOf(pid: number): ProcessStat | undefined {
  if (!hasProc) return undefined
  const text = read(`/proc/${pid}/stat`)
  // The name in brackets may hold anything, brackets too. Behind it come state, parent, group and so on.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, , group] = fields ?? []
  const startTime = fields?.[19]
  return state && group && startTime ? { state, group: Number(group), startTime } : undefined
}

/** When a process started, in whatever form the system tells; `undefined` when it is gone or the system does not tell. */
export function startTimeOf(pid: number): string | undefined {
  if (hasProc) return statOf(pid)?.startTime
  if (process.platform === 'win32') return undefined
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() || undefined
}

/** Whether it runs. A zombie does not. */
export function isRunning(pid: number): boolean {
  if (hasProc) {
    const stat = statOf(pid)
    return stat !== undefined && stat.state !== 'Z'
  }
  return reaches(pid)
}

/**
 * Tells, as often as it is called, whether any process of the group runs. Zombies do not count: where nothing collects orphans,
 * such as in many containers, they stay in their group for ever.
 */
export function groupProbe(group: number): () => boolean {
  let members: number[] = []
  const runsInGroup = (pid: number): boolean => {
    const stat = statOf(pid)
    return stat !== undefined && stat.group === group && stat.state !== 'Z'
  }
  return () => {
    if (!reaches(-group)) return false
    if (!hasProc) return true
    // Looking through all processes is dear. As long as a member that was seen before runs, there is no need to.
    members = members.filter(runsInGroup)
    if (members.length === 0) members = allPids().filter(runsInGroup)
    return members.length > 0
  }
}

/** The running processes that carry one of the sessions in their environment. */
export async function processesOfSessions(sessionIds: ReadonlySet<string>): Promise<number[]> {
  const belongs = (environment: readonly string[]): boolean =>
    environment.some((entry) => entry.startsWith(sessionEntry) && sessionIds.has(entry.slice(sessionEntry.length)))
  if (hasProc) return allPids().filter((pid) => belongs(read(`/proc/${pid}/environ`)?.split('\0') ?? []))
  const { stdout } = await promisify(execFile)('ps', ['-axEww', '-o', 'pid=,command='], { maxBuffer: 64 * 2 ** 20 })
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/))
  return rows.filter(belongs).map(([pid]) => Number(pid))
}

const sessionEntry = 'TILTTS_SESSION='

/** Whether a signal would reach the process, or the group when it is negative. */
function reaches(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process is there all the same; but macOS says the same of a group of zombies.
    return (error as NodeJS.ErrnoException).code === 'EPERM' && process.platform !== 'darwin'
  }
}

function allPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger)
}

/** `undefined` when the process has ended meanwhile, or belongs to somebody else. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}
