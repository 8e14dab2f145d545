import type { Stats } from 'node:fs'
import { entryPath } from '../join-path.js'
import { linkStats } from '../stat.js'
import type { Folder, Root } from './folder.js'
import type { Folders } from './folders.js'
import type { Scan } from './scan.js'

/** What a comparison works on. */
export interface CompareContext {
  readonly folders: Folders
  readonly scan: Scan
  /** Roots that lost their place meanwhile; to be located again. */
  readonly lost: Set<Root>
}

/**
 * Compares folders with the disk, and reports entries that came, went, or changed. The remembered names and the time stamps
 * of the disk are enough to find all, so no stats are kept. A generator, so that it can be done in slices.
 *
 * @param changed Whether a file that was there before has changed, from its stats.
 */
export function* compare(
  context: CompareContext,
  folders: Iterable<Folder>,
  changed: (path: string, stats: Stats) => boolean,
): Generator<void> {
  for (const folder of folders) {
    yield
    if (folder.closed || !folder.known) continue
    const kept = compareNames(context, folder)
    for (const name of kept) {
      yield
      if (folder.closed) break
      const path = entryPath(folder.path, name)
      const stats = linkStats(path)
      if (stats === undefined || changed(path, stats)) report(folder, path)
    }
  }
}

/** Brings the names of a folder up to date. Returns the files that were there before. */
function compareNames({ folders, scan, lost }: CompareContext, folder: Folder): readonly string[] {
  const entries = folders.list(folder)
  // A folder that is gone is missed in its parent, or by the roots that wait for it.
  if (entries === undefined) return []
  const kept: string[] = []
  const files = new Set<string>()
  const subfolders = new Set<string>()
  for (const entry of entries) (entry.isDirectory() ? subfolders : files).add(entry.name)

  for (const name of [...folder.files]) {
    if (files.has(name)) {
      kept.push(name)
      continue
    }
    folder.files.delete(name)
    report(folder, entryPath(folder.path, name))
  }
  for (const [name, child] of [...folder.folders]) {
    if (subfolders.has(name)) continue
    folder.folders.delete(name)
    if (child !== undefined && !child.closed) folders.forget(child, lost)
    report(folder, entryPath(folder.path, name))
  }
  for (const name of files) {
    if (folder.files.has(name)) continue
    folder.files.add(name)
    report(folder, entryPath(folder.path, name))
  }
  for (const name of subfolders) {
    if (folder.folders.has(name)) continue
    folder.folders.set(name, undefined)
    report(folder, entryPath(folder.path, name))
    scan.enter(folder, name)
  }
  return kept
}

function report(folder: Folder, path: string): void {
  for (const root of folder.roots) root.report(path)
}
