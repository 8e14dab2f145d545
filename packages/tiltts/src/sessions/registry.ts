import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SessionRecord } from '@tiltts/spec'
import { tiltDevFolder } from './folders.js'
import { inHome } from './in-home.js'

const folder = (): string => join(tiltDevFolder(), 'sessions')
const fileOf = (port: number): string => join(folder(), `${port}.json`)

/** Makes a running session known to other processes; the returned function takes that back. */
export function announceSession(record: SessionRecord): () => void {
  inHome(() => {
    mkdirSync(folder(), { recursive: true })
    const file = fileOf(record.port)
    const fresh = `${file}.${record.pid}`
    writeFileSync(fresh, JSON.stringify(record), { mode: 0o600 })
    renameSync(fresh, file)
  })
  return () => forgetSession(record.port)
}

/** Takes a session from the list: it has ended, or nobody answers at its port. */
export function forgetSession(port: number): void {
  inHome(() => rmSync(fileOf(port), { force: true }))
}

/** The sessions that were announced and whose process is there. */
export function knownSessions(): readonly SessionRecord[] {
  return inHome(files).flatMap((name) => {
    const record = readRecord(join(folder(), name))
    if (record === undefined) return []
    if (isAlive(record.pid)) return [record]
    forgetSession(record.port)
    return []
  })
}

function files(): readonly string[] {
  try {
    return readdirSync(folder()).filter((name) => name.endsWith('.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function readRecord(file: string): SessionRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as SessionRecord
  } catch {
    // Half written by a process that died, or removed since it was listed: no session either way.
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
