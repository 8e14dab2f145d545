import type { Stats } from 'node:fs'
import { basename } from 'node:path'
import { entryPath, isBelow } from '../join-path.js'
import { linkStats, targetStats } from '../stat.js'
import type { Folder, Root } from './folder.js'
import type { Folders } from './folders.js'
import type { Scan } from './scan.js'
import { type Step, targetOf, wayTo } from './way.js'

/** Hooks watched paths into the folders where their coming and going is seen. */
export interface Roots {
  /** Finds out what is at the path now, and hooks the root in. Reports what came or went if asked. */
  locate(root: Root, report: boolean): void
  /** Reports what came or went at the path itself, or changed there since a time (milliseconds since the epoch). */
  recheck(root: Root, since: number): void
  /** Tells the roots that wait for an entry. Adds those to locate again. */
  entryChanged(folder: Folder, name: string, renamed: boolean, lost: Set<Root>): void
  /** Unhooks the root everywhere. */
  remove(root: Root): void
}

export function createRoots(folders: Folders, scan: Scan, base: string): Roots {
  const anchor = (root: Root, [path, name]: Step): boolean => {
    const entry = entryPath(path, name)
    if (root.anchors.has(entry)) return true
    if (targetStats(path)?.isDirectory() !== true) return false
    const folder = folders.open(path)
    if (folder === undefined) return false
    folder.waits ??= new Map()
    const roots = folder.waits.get(name)
    if (roots === undefined) folder.waits.set(name, new Set([root]))
    else roots.add(root)
    root.anchors.set(entry, path)
    return true
  }

  const release = (root: Root, entry: string): void => {
    const folder = folders.get(root.anchors.get(entry) ?? '')
    root.anchors.delete(entry)
    if (folder?.waits === undefined) return
    const name = basename(entry)
    const roots = folder.waits.get(name)
    roots?.delete(root)
    if (roots?.size === 0) folder.waits.delete(name)
    if (folder.waits.size === 0) folder.waits = undefined
    folders.release(folder)
  }

  const hookIn = (root: Root): void => {
    const kept = new Set<string>()
    for (const step of wayTo(root.path, base)) {
      if (!anchor(root, step)) break
      kept.add(entryPath(...step))
    }
    const target = targetOf(root.path)
    if (target !== undefined && anchor(root, target)) kept.add(entryPath(...target))
    for (const entry of [...root.anchors.keys()]) if (!kept.has(entry)) release(root, entry)
  }

  const enter = (root: Root, report: boolean): Folder | undefined => {
    if (root.prunes(root.path)) return undefined
    const folder = folders.open(root.path)
    if (folder !== undefined) scan.attach(root, folder, report)
    return folder
  }

  const locate = (root: Root, report: boolean): void => {
    if (root.closed) return
    hookIn(root)
    const before = root.state
    root.state = stateOf(statsAt(root.path))
    if (root.state !== 'folder' && root.folder !== undefined) {
      scan.detach(root, root.folder)
      root.folder = undefined
    }
    if (report && (before !== 'absent' || root.state !== 'absent')) root.report(root.path)
    if (root.state === 'folder') root.folder ??= enter(root, report)
  }

  return {
    locate,
    recheck(root, since) {
      if (root.closed) return
      const stats = statsAt(root.path)
      if (stateOf(stats) !== root.state) {
        locate(root, true)
        return
      }
      hookIn(root)
      if (stats !== undefined && root.state === 'file' && stats.ctimeMs >= since) root.report(root.path)
    },
    entryChanged(folder, name, renamed, lost) {
      const waiting = folder.waits?.get(name)
      if (waiting === undefined) return
      const path = entryPath(folder.path, name)
      for (const root of waiting) {
        if (!renamed) {
          if (root.state === 'file' && !isBelow(path, root.path)) root.report(root.path)
          // A folder that could not be entered may be open now.
          else if (root.state === 'folder' && root.folder === undefined) lost.add(root)
          continue
        }
        if (root.folder !== undefined && folders.inPlace(root.folder)) continue
        lost.add(root)
        // Whatever stands at the path now, it is not what was watched.
        if (root.folder !== undefined && !root.folder.closed) folders.forget(root.folder, lost)
      }
      const replaced = renamed ? folders.get(path) : undefined
      if (replaced !== undefined) folders.forget(replaced, lost)
    },
    remove(root) {
      root.closed = true
      if (root.folder !== undefined) scan.detach(root, root.folder)
      root.folder = undefined
      for (const entry of [...root.anchors.keys()]) release(root, entry)
    },
  }
}

/** A link that leads nowhere is there, too. */
function statsAt(path: string): Stats | undefined {
  return targetStats(path) ?? linkStats(path)
}

function stateOf(stats: Stats | undefined): Root['state'] {
  if (stats === undefined) return 'absent'
  return stats.isDirectory() ? 'folder' : 'file'
}
