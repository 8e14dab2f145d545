import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { hasProc, isRunning, startTimeOf } from './process-table.js'

/** Which engine runs a session, as the next one finds it on disk. */
interface SessionRecord {
  readonly sessionId: string
  readonly pid: number
  /** Of the engine; absent where the system does not tell. */
  readonly startTime?: string | undefined
  /** Machine and, in containers, the space of process ids: a pid means nothing elsewhere. */
  readonly machine: string
}

/** What is known of the sessions of one project. */
export interface SessionRecords {
  /** Says on disk that this session runs. At once, so that nothing is started before. Throws when it cannot. */
  open(): void
  close(): Promise<void>
  /** The sessions whose engine has died. */
  dead(): Promise<readonly string[]>
  forget(sessionId: string): Promise<void>
}

/** @param folder Is made with the first record. */
export function sessionRecords(folder: string, sessionId: string): SessionRecords {
  const fileOf = (id: string): string => join(folder, `${encodeURIComponent(id)}.json`)
  const forget = (id: string): Promise<void> => rm(fileOf(id), { force: true })
  let opened = false
  return {
    open() {
      mkdirSync(folder, { recursive: true })
      const startTime = startTimeOf(process.pid)
      writeFileSync(
        fileOf(sessionId),
        JSON.stringify({ sessionId, pid: process.pid, startTime, machine: thisMachine() }),
      )
      opened = true
    },
    async close() {
      if (opened) await forget(sessionId)
    },
    forget,
    async dead() {
      const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
        throw error
      })
      const records = await Promise.all(names.map((name) => read(join(folder, name))))
      return records.flatMap((record) => (record && !lives(record) ? [record.sessionId] : []))
    },
  }
}

/** Whether the engine runs. What cannot be judged from here counts as running. */
function lives({ pid, startTime, machine }: SessionRecord): boolean {
  if (machine !== thisMachine()) return true
  return isRunning(pid) && (startTime === undefined || startTime === startTimeOf(pid))
}

/** `undefined` when it is no record: perhaps one that is just being written. */
async function read(file: string): Promise<SessionRecord | undefined> {
  try {
    const { sessionId, pid, startTime, machine } = JSON.parse(await readFile(file, 'utf8'))
    const valid = typeof sessionId === 'string' && Number.isInteger(pid) && typeof machine === 'string'
    return valid ? { sessionId, pid, startTime, machine } : undefined
  } catch {
    return undefined
  }
}

function thisMachine(): string {
  return hasProc ? `${hostname()} ${readlinkSync('/proc/self/ns/pid')}` : hostname()
}
