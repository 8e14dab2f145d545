import { hash } from 'node:crypto'
import { readlinkSync, type Stats } from 'node:fs'
import { entriesBelow } from './below.js'
import { type ReadSha256, readSha256 } from './read-sha256.js'
import { inSlices } from './slices.js'
import { linkStats, targetStats } from './stat.js'
import { isGone } from './system-error.js'

/** Hashes files, and remembers what it read. */
export type HashFiles = (
  paths: readonly string[],
  ignored: (path: string) => boolean,
  signal?: AbortSignal,
  prunes?: (folder: string) => boolean,
) => Promise<ReadonlyMap<string, string>>

interface Remembered {
  readonly key: string
  readonly sha256: string
}

/** As many files are open at once: enough to keep the disk busy, few enough to leave handles to others. */
const concurrency = 16
/** A file changed this shortly before may change again within the same time stamp; it is read again the next time. */
const freshMs = 100
const mostRemembered = 200_000

/**
 * Makes a function that gives the SHA-256 of files, in hex, by path, sorted. Folders are entered; the given paths may be
 * symbolic links, those met below are not followed, their target's text is hashed. What is absent or vanishes meanwhile is
 * left out; pipes and sockets are, too. A file whose size, times and inode are as they were is not read again.
 *
 * Rejects with the system's error for what may not be read, and with the signal's reason.
 *
 * @param read Reads a file; undefined when it is gone.
 */
export function createHashFiles(read: ReadSha256 = readSha256): HashFiles {
  const remembered = new Map<string, Remembered>()

  const remember = (path: string, entry: Remembered): void => {
    remembered.delete(path)
    remembered.set(path, entry)
    for (const oldest of remembered.keys()) {
      if (remembered.size <= mostRemembered) break
      remembered.delete(oldest)
    }
  }

  const readFile = async (path: string, stats: Stats, signal: AbortSignal | undefined): Promise<string | undefined> => {
    const begun = Date.now()
    const sha256 = await read(path, stats.size, signal)
    if (sha256 === undefined) return undefined
    const key = keyOf(stats)
    const settled = begun - Math.max(stats.mtimeMs, stats.ctimeMs) >= freshMs
    const after = targetStats(path)
    // Read while being written: the next time decides.
    if (settled && after !== undefined && keyOf(after) === key) remember(path, { key, sha256 })
    return sha256
  }

  return async (paths, ignored, signal, prunes = () => false) => {
    const given = new Set(paths)
    const hashes = new Map<string, string>()
    const unread: [path: string, stats: Stats][] = []
    const found = (path: string, sha256: string | undefined): void => {
      if (sha256 !== undefined) hashes.set(path, sha256)
    }

    function* look(): Generator<void> {
      for (const path of filesOf(given, prunes)) {
        yield
        signal?.throwIfAborted()
        if (ignored(path)) continue
        const stats = given.has(path) ? targetStats(path) : linkStats(path)
        const known = remembered.get(path)
        if (stats?.isSymbolicLink() === true) found(path, hashOfLink(path))
        else if (stats?.isFile() !== true) continue
        else if (known?.key === keyOf(stats)) found(path, known.sha256)
        else unread.push([path, stats])
      }
    }

    const work = async (): Promise<void> => {
      for (let next = unread.pop(); next !== undefined; next = unread.pop()) {
        signal?.throwIfAborted()
        found(next[0], await readFile(...next, signal))
      }
    }

    signal?.throwIfAborted()
    await inSlices(look())
    await Promise.all(Array.from({ length: concurrency }, work))
    return new Map([...hashes].sort(([left], [right]) => (left < right ? -1 : 1)))
  }
}

function* filesOf(given: ReadonlySet<string>, prunes: (folder: string) => boolean): Generator<string> {
  for (const path of given) {
    if (targetStats(path)?.isDirectory() !== true) {
      yield path
      continue
    }
    const fail = (error: unknown): never => {
      throw error
    }
    for (const entry of entriesBelow(path, prunes, fail)) if (!entry.isFolder) yield entry.path
  }
}

function hashOfLink(path: string): string | undefined {
  try {
    return hash('sha256', readlinkSync(path))
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** The change time tells of writes that set the modification time back. */
function keyOf(stats: Stats): string {
  return `${stats.size} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.ino}`
}
