import type { Stats } from 'node:fs'
import { entriesBelow } from './below.js'
import { type ContentHashes, createContentHashes, readEach, readLink, sha256Of } from './content-hashes.js'
import { inSlices } from './slices.js'
import { linkStats, targetStats } from './stat.js'

/** Hashes files, and remembers what it read. */
export type HashFiles = (
  paths: readonly string[],
  ignored: (path: string) => boolean,
  signal?: AbortSignal,
  prunes?: (folder: string) => boolean,
) => Promise<ReadonlyMap<string, string>>

/**
 * Makes a function that gives the SHA-256 of files, in hex, by path, sorted. Folders are entered; the given paths may be
 * symbolic links, those met below are not followed, their target's text is hashed. What is absent or vanishes meanwhile is
 * left out; pipes and sockets are, too. A file whose size, times and inode are as they were is not read again.
 *
 * Rejects with the system's error for what may not be read, and with the signal's reason.
 */
export function createHashFiles(contents: ContentHashes = createContentHashes()): HashFiles {
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
        if (stats?.isSymbolicLink() === true) found(path, hashOfLink(path))
        else if (stats?.isFile() !== true) continue
        else {
          const known = contents.known(path, stats)
          if (known === undefined) unread.push([path, stats])
          else found(path, known)
        }
      }
    }

    signal?.throwIfAborted()
    await inSlices(look())
    await readEach(contents, unread, found, signal)
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
  const target = readLink(path)
  return target === undefined ? undefined : sha256Of(target)
}
