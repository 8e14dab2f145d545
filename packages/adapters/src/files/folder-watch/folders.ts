import { type Dirent, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { entryPath } from '../join-path.js'
import { linkStats, targetStats } from '../stat.js'
import { isGone, systemCode } from '../system-error.js'
import type { Folder, Root, WatchFolder } from './folder.js'

/** Longer than any tick of the clock by which file systems stamp. */
const sameTickMs = 20

const none: ReadonlySet<Root> = new Set()

/** The error of the system by which it refused a watch, and when (milliseconds since the epoch). */
export interface Refusal {
  readonly code: string
  readonly at: number
}

/** All folders watched at the moment, with what is known of their entries. */
export interface Folders {
  get(path: string): Folder | undefined
  all(): IterableIterator<Folder>
  /** Folders that the system refuses to watch. */
  readonly refused: ReadonlyMap<Folder, Refusal>
  /** Starts to watch a folder, or gives the one that is watched already. Undefined when it is not there or not allowed. */
  open(path: string): Folder | undefined
  /** Learns the names in a folder. False when it is gone. */
  read(folder: Folder): boolean
  /** Takes a new handle of the system, and forgets the folder when it is gone. False when the system refuses. */
  rewatch(folder: Folder, lost: Set<Root>): boolean
  /** Whether the folder is still the one at its path. */
  inPlace(folder: Folder): boolean
  /** The names in a folder; undefined when it is gone. */
  list(folder: Folder): Dirent[] | undefined
  /** Lets go of a folder that no root wants any more. */
  release(folder: Folder): void
  /** Drops a folder that is no longer at its path, with all below. Reports what was in it; adds the roots that lost their place. */
  forget(folder: Folder, lost: Set<Root>): void
  close(): void
}

export interface FoldersOptions {
  readonly watchFolder: WatchFolder
  readonly onEvent: (folder: Folder, renamed: boolean, name: string) => void
  /** A folder may not be watched or read. */
  readonly onDenied: (path: string, error: unknown) => void
}

export function createFolders(options: FoldersOptions): Folders {
  const byPath = new Map<string, Folder>()
  const refused = new Map<Folder, Refusal>()

  /** Undefined when all went well, else the error. */
  const startWatching = (folder: Folder): unknown => {
    try {
      const before = folder.watcher
      // Looked at before the watch is set: a folder that takes its place in between is then known to be another.
      const stats = targetStats(folder.path)
      folder.inode = stats?.ino ?? 0
      folder.born = stats?.birthtimeMs ?? 0
      folder.watcher = options.watchFolder(folder.path, (renamed, name) => {
        if (!folder.closed) options.onEvent(folder, renamed, name)
      })
      before?.close()
      refused.delete(folder)
      return undefined
    } catch (error) {
      return error
    }
  }

  const link = (folder: Folder): void => {
    const parent = byPath.get(dirname(folder.path))
    if (parent === undefined || parent === folder) return
    // A folder reached through a link is no part of the folder that holds the link.
    if (linkStats(folder.path)?.isDirectory() === true) parent.folders.set(basename(folder.path), folder)
  }

  const drop = (folder: Folder): void => {
    folder.closed = true
    folder.watcher?.close()
    folder.watcher = undefined
    refused.delete(folder)
    byPath.delete(folder.path)
    const parent = byPath.get(dirname(folder.path))
    const name = basename(folder.path)
    if (parent?.folders.get(name) !== folder) return
    if (parent.known) parent.folders.set(name, undefined)
    else parent.folders.delete(name)
  }

  const list = (folder: Folder): Dirent[] | undefined => {
    try {
      return readdirSync(folder.path, { withFileTypes: true })
    } catch (error) {
      if (!isGone(error)) options.onDenied(folder.path, error)
      return undefined
    }
  }

  const forget = (folder: Folder, lost: Set<Root>): void => {
    drop(folder)
    for (const root of folder.roots) {
      for (const name of folder.files) root.report(entryPath(folder.path, name))
      for (const name of folder.folders.keys()) root.report(entryPath(folder.path, name))
      if (root.folder === folder) {
        root.folder = undefined
        lost.add(root)
      }
    }
    for (const [name, roots] of folder.waits ?? []) {
      for (const root of roots) {
        root.anchors.delete(entryPath(folder.path, name))
        lost.add(root)
      }
    }
    for (const child of folder.folders.values()) if (child !== undefined && !child.closed) forget(child, lost)
  }

  return {
    get: (path) => byPath.get(path),
    all: () => byPath.values(),
    refused,
    open(path) {
      const existing = byPath.get(path)
      if (existing !== undefined) return existing
      const folder: Folder = {
        path,
        inode: 0,
        born: 0,
        watcher: undefined,
        roots: none,
        waits: undefined,
        known: false,
        files: new Set(),
        folders: new Map(),
        closed: false,
      }
      const error = startWatching(folder)
      if (error !== undefined) {
        if (isGone(error)) return undefined
        const code = systemCode(error) ?? ''
        if (code !== 'ENOSPC' && code !== 'EMFILE') {
          options.onDenied(path, error)
          return undefined
        }
        refused.set(folder, { code, at: Date.now() })
      }
      byPath.set(path, folder)
      link(folder)
      return folder
    },
    read(folder) {
      const entries = list(folder)
      if (entries === undefined) return false
      folder.known = true
      for (const entry of entries) {
        if (!entry.isDirectory()) folder.files.add(entry.name)
        else if (!folder.folders.has(entry.name)) {
          folder.folders.set(entry.name, byPath.get(entryPath(folder.path, entry.name)))
        }
      }
      return true
    },
    rewatch(folder, lost) {
      const error = startWatching(folder)
      if (error === undefined) return true
      if (isGone(error)) {
        forget(folder, lost)
        return true
      }
      refused.set(folder, { code: systemCode(error) ?? '', at: Date.now() })
      return false
    },
    inPlace(folder) {
      // Two folders born within one tick of the file system's clock look the same.
      if (folder.closed || folder.born === 0 || Date.now() - folder.born < sameTickMs) return false
      const stats = targetStats(folder.path)
      return stats?.isDirectory() === true && stats.ino === folder.inode && stats.birthtimeMs === folder.born
    },
    list,
    release(folder) {
      if (folder.closed || folder.roots.size > 0) return
      if (folder.known) {
        folder.known = false
        folder.files.clear()
        for (const [name, child] of folder.folders) if (child === undefined) folder.folders.delete(name)
      }
      if (folder.waits === undefined) drop(folder)
    },
    forget,
    close() {
      for (const folder of [...byPath.values()]) drop(folder)
    },
  }
}
