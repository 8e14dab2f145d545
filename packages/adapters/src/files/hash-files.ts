import { createHash, hash } from 'node:crypto'
import { createReadStream, type Stats } from 'node:fs'
import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { entryPath } from './join-path.js'
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
/** Larger files are read piece by piece. */
const wholeBytes = 4 * 1024 * 1024
/** A file changed this shortly before may change again within the same time stamp; it is read again the next time. */
const freshMs = 100
const mostRemembered = 200_000

/**
 * Makes a function that gives the SHA-256 of files, in hex, by path, sorted. Folders are entered; the given paths may be
 * symbolic links, those met below are not followed, their target's text is hashed. What is absent or vanishes meanwhile is
 * left out. A file whose size, times and inode are as they were is not read again.
 */
export function createHashFiles(): HashFiles {
  const remembered = new Map<string, Remembered>()

  const remember = (path: string, entry: Remembered): void => {
    remembered.delete(path)
    remembered.set(path, entry)
    for (const oldest of remembered.keys()) {
      if (remembered.size <= mostRemembered) break
      remembered.delete(oldest)
    }
  }

  const hashFile = async (path: string, stats: Stats, signal: AbortSignal | undefined): Promise<string> => {
    const key = keyOf(stats)
    const known = remembered.get(path)
    if (known?.key === key) return known.sha256
    const begun = Date.now()
    const sha256 = await readHash(path, stats.size, signal)
    const settled = begun - Math.max(stats.mtimeMs, stats.ctimeMs) >= freshMs
    // Read while being written: the next time decides.
    if (settled && keyOf(await stat(path)) === key) remember(path, { key, sha256 })
    return sha256
  }

  const hashAny = async (
    path: string,
    given: boolean,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> => {
    const stats = await (given ? stat(path) : lstat(path))
    if (stats.isSymbolicLink()) return hash('sha256', await readlink(path))
    // Pipes and sockets would never end.
    return stats.isFile() ? hashFile(path, stats, signal) : undefined
  }

  return async (paths, ignored, signal, prunes = () => false) => {
    const given = new Set(paths)
    const files = new Set<string>()
    for (const path of given)
      for await (const file of filesBelow(path, prunes, signal)) if (!ignored(file)) files.add(file)
    const sorted = [...files].sort()
    const hashes = new Map<string, string>()
    let next = 0
    const worker = async (): Promise<void> => {
      for (let path = sorted[next++]; path !== undefined; path = sorted[next++]) {
        signal?.throwIfAborted()
        const sha256 = await unlessGone(hashAny(path, given.has(path), signal))
        if (sha256 !== undefined) hashes.set(path, sha256)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, worker))
    return new Map(sorted.flatMap((path): [string, string][] => entryOf(path, hashes.get(path))))
  }
}

function entryOf(path: string, sha256: string | undefined): [string, string][] {
  return sha256 === undefined ? [] : [[path, sha256]]
}

async function* filesBelow(
  path: string,
  prunes: (folder: string) => boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const stats = await unlessGone(stat(path))
  if (stats === undefined) return
  if (!stats.isDirectory()) {
    yield path
    return
  }
  const folders = [path]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted()
    if (prunes(folder)) continue
    for (const entry of (await unlessGone(readdir(folder, { withFileTypes: true }))) ?? []) {
      const at = entryPath(folder, entry.name)
      if (entry.isDirectory()) folders.push(at)
      else yield at
    }
  }
}

async function readHash(path: string, size: number, signal: AbortSignal | undefined): Promise<string> {
  if (size <= wholeBytes) return hash('sha256', await readFile(path, { signal }))
  const sum = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), sum, { signal })
  return sum.digest('hex')
}

/** The change time tells of writes that set the modification time back. */
function keyOf(stats: Stats): string {
  return `${stats.size} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.ino}`
}

async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}
