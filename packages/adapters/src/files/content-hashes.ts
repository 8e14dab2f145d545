import { hash } from 'node:crypto'
import { readlinkSync, type Stats } from 'node:fs'
import { type ReadSha256, readSha256 } from './read-sha256.js'
import { targetStats } from './stat.js'
import { isGone } from './system-error.js'

/** What files hold, as SHA-256 in hex; remembered by size, times and inode. */
export interface ContentHashes {
  /** What is remembered of a file that is as it was. */
  known(path: string, stats: Stats): string | undefined
  /** Reads a file; undefined when it is gone. */
  read(path: string, stats: Stats, signal?: AbortSignal): Promise<string | undefined>
}

interface Remembered {
  readonly size: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
  readonly sha256: string
}

/** A file changed this shortly before may change again within the same time stamp; it is read again the next time. */
const freshMs = 100
const mostRemembered = 200_000
/** As many files are open at once: enough to keep the disk busy, few enough to leave handles to others. */
const concurrency = 16

/** @param readFile Reads a file; undefined when it is gone. */
export function createContentHashes(readFile: ReadSha256 = readSha256): ContentHashes {
  const remembered = new Map<string, Remembered>()

  const remember = (path: string, stats: Stats, sha256: string): void => {
    const { size, mtimeMs, ctimeMs, ino } = stats
    remembered.delete(path)
    remembered.set(path, { size, mtimeMs, ctimeMs, ino, sha256 })
    for (const oldest of remembered.keys()) {
      if (remembered.size <= mostRemembered) break
      remembered.delete(oldest)
    }
  }

  return {
    known(path, stats) {
      const entry = remembered.get(path)
      return entry !== undefined && isAsItWas(entry, stats) ? entry.sha256 : undefined
    },
    async read(path, stats, signal) {
      const begun = Date.now()
      const sha256 = await readFile(path, stats.size, signal)
      if (sha256 === undefined) return undefined
      const settled = begun - Math.max(stats.mtimeMs, stats.ctimeMs) >= freshMs
      const after = targetStats(path)
      // Read while being written: the next time decides.
      if (settled && after !== undefined && isAsItWas(stats, after)) remember(path, stats, sha256)
      return sha256
    },
  }
}

/** Reads files, some at a time, and hands over what each holds; those that are gone are left out. */
export async function readEach(
  hashes: ContentHashes,
  files: readonly (readonly [path: string, stats: Stats])[],
  found: (path: string, sha256: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      signal?.throwIfAborted()
      const sha256 = await hashes.read(...file, signal)
      if (sha256 !== undefined) found(file[0], sha256)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, work))
}

/** The target of a link; undefined when it is gone. */
export function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

export function sha256Of(text: string): string {
  return hash('sha256', text)
}

/** The change time tells of writes that set the modification time back. */
function isAsItWas(before: Omit<Remembered, 'sha256'>, now: Stats): boolean {
  return (
    before.size === now.size &&
    before.mtimeMs === now.mtimeMs &&
    before.ctimeMs === now.ctimeMs &&
    before.ino === now.ino
  )
}
