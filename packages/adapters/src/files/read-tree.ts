import type { Stats } from 'node:fs'
import type { TreeEntry, TreeRequest } from '@tiltts/runtime/ports'
import { type ContentHashes, readEach, readLink, sha256Of } from './content-hashes.js'
import { inSlices } from './slices.js'
import { linkStats, targetStats } from './stat.js'
import { type Walked, walkTree } from './walk-tree.js'

/** Tells what stands at paths, with what it holds. */
export type ReadTree = (request: TreeRequest) => Promise<readonly TreeEntry[]>

/** The clock by which systems stamp files is up to so much behind. */
const stampMs = 10

/**
 * Makes a function that tells all that stands at and below paths, sorted by path. The given paths may be symbolic links to
 * folders and files; links below are told as links. What is absent, or vanishes meanwhile, or is no file, folder or link, is
 * left out. A file whose size, times and inode are as they were is not read again.
 *
 * Rejects with the system's error for what may not be read, and with the signal's reason.
 */
export function createReadTree(contents: ContentHashes): ReadTree {
  return async ({ paths, ignored, prunes, since, signal }) => {
    const entries = new Map<string, TreeEntry>()
    const unread: [path: string, stats: Stats][] = []

    const add = (path: string, kind: TreeEntry['kind'], stats: Stats, hash: string): void => {
      const changed = since !== undefined && stats.ctimeMs >= since - stampMs
      entries.set(path, { path, kind, mode: stats.mode & 0o7777, hash, ...(changed && { changed }) })
    }
    const see = ({ path, stats }: Walked): void => {
      if (entries.has(path)) return
      if (stats.isFile()) {
        const known = contents.known(path, stats)
        add(path, 'file', stats, known ?? '')
        if (known === undefined) unread.push([path, stats])
      } else if (stats.isDirectory()) {
        add(path, 'folder', stats, '')
      } else if (stats.isSymbolicLink()) {
        const target = readLink(path)
        if (target !== undefined) add(path, 'link', stats, sha256Of(`link:${target}`))
      }
    }

    function* look(): Generator<void> {
      for (const path of new Set(paths)) {
        // A link to nothing is told as a link.
        const stats = targetStats(path) ?? linkStats(path)
        if (stats === undefined) continue
        const ownIgnored = ignored(path)
        if (!ownIgnored) see({ path, stats })
        if (!stats.isDirectory() || prunes(path)) continue
        for (const entry of walkTree(path, { ignored, prunes })) {
          signal?.throwIfAborted()
          if (entry !== undefined) {
            if (ownIgnored && !entries.has(path)) see({ path, stats })
            see(entry)
          }
          yield
        }
      }
    }

    signal?.throwIfAborted()
    await inSlices(look())
    const read = new Set<string>()
    const found = (path: string, hash: string): void => {
      const entry = entries.get(path)
      if (entry === undefined) return
      entries.set(path, { ...entry, hash })
      read.add(path)
    }
    await readEach(contents, unread, found, signal)
    for (const [path] of unread) if (!read.has(path)) entries.delete(path)
    return [...entries.values()].sort((left, right) => (left.path < right.path ? -1 : 1))
  }
}
