import { basename } from 'node:path'
import { entryPath } from '../join-path.js'
import { linkStats } from '../stat.js'
import type { CompareContext } from './compare.js'
import type { Folder } from './folder.js'

/** Works one changed entry into what is known of a folder, and reports it. */
export function changeEntry(context: CompareContext, folder: Folder, name: string, renamed: boolean): void {
  const path = entryPath(folder.path, name)
  if (renamed) {
    entryCameOrWent(context, folder, name, path)
  } else if (folder.folders.has(name)) {
    // Mode or time of a folder: no change of content.
  } else if (folder.files.has(name) || name !== basename(folder.path)) {
    // Events about the folder itself come under its own name.
    report(folder, path)
  }
}

function entryCameOrWent({ folders, scan, lost }: CompareContext, folder: Folder, name: string, path: string): void {
  const stats = linkStats(path)
  const child = folder.folders.get(name)
  if (child === undefined && folder.folders.has(name) && stats?.isDirectory() === true) {
    // A folder that nobody entered, with a new mode or time: it may be open now.
    scan.enter(folder, name)
    return
  }
  if (child !== undefined && !child.closed) folders.forget(child, lost)
  const wasFolder = folder.folders.delete(name)
  const wasFile = folder.files.delete(name)
  if (stats === undefined) {
    // What nobody knew and is gone again changed nothing; only a name that is not UTF-8 cannot be looked up.
    if (wasFolder || wasFile || name.includes('\uFFFD')) report(folder, path)
    return
  }
  if (name === '.git') for (const root of folder.roots) root.sawRepository(folder.path)
  report(folder, path)
  if (stats.isDirectory()) {
    folder.folders.set(name, undefined)
    scan.enter(folder, name)
  } else {
    folder.files.add(name)
  }
}

function report(folder: Folder, path: string): void {
  for (const root of folder.roots) root.report(path)
}
