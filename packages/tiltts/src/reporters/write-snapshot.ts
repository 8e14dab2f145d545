import type { LogSegment } from '@tiltts/core/logs'
import type { Session } from '@tiltts/runtime'
import { snapshotOf } from '@tiltts/server'
import { writeWhole } from './write-whole.js'

/** So much of the log goes into a snapshot, the newest, in UTF-16 units: a page has to hold it. */
const mostLog = 16 * 1024 * 1024

/** Writes a session as it stands to a file that snapshot viewers read, without the secret values that are known. */
export async function writeSnapshot(path: string, { store, logs }: Pick<Session, 'store' | 'logs'>): Promise<void> {
  const snapshot = snapshotOf(store, await newestSegments(logs), Date.now())
  const scrubbed = (_key: string, value: unknown): unknown => (typeof value === 'string' ? logs.scrub(value) : value)
  await writeWhole(path, `${JSON.stringify(snapshot, scrubbed, 2)}\n`)
}

async function newestSegments(logs: Session['logs']): Promise<readonly LogSegment[]> {
  let kept: LogSegment[] = []
  let size = 0
  for await (const batch of logs.read({})) {
    kept.push(...batch)
    size += sizeOf(batch)
    if (size < 2 * mostLog) continue
    kept = newest(kept)
    size = sizeOf(kept)
  }
  return newest(kept)
}

function newest(segments: readonly LogSegment[]): LogSegment[] {
  let size = 0
  const tooOld = segments.findLastIndex(({ text }) => {
    size += text.length
    return size > mostLog
  })
  return segments.slice(tooOld + 1)
}

const sizeOf = (segments: readonly LogSegment[]): number => segments.reduce((sum, { text }) => sum + text.length, 0)
