import { watch } from 'node:fs'
import type { WatchBackend } from './backend.js'
import { entriesBelow } from './below.js'
import { createEventBatch } from './folder-watch/event-batch.js'
import type { Folder, FolderHandle, Root, WatchFolder } from './folder-watch/folder.js'
import { createFolders } from './folder-watch/folders.js'
import { createRoots } from './folder-watch/roots.js'
import type { Scan } from './folder-watch/scan.js'
import { watchFolder as watchOneFolder } from './folder-watch/watch-folder.js'
import { entryPath, isBelow } from './join-path.js'
import { inSlices } from './slices.js'
import { linkStats } from './stat.js'

/** Watches a folder with all below. A name of null: the system lost track of what changed. */
export type WatchTree = (path: string, onEvent: (renamed: boolean, name: string | null) => void) => FolderHandle

export interface NativeWatchOptions {
  readonly base: string
  /** @default `fs.watch` with `recursive` */
  readonly watchTree?: WatchTree | undefined
  /** @default `fs.watch` */
  readonly watchFolder?: WatchFolder | undefined
}

/** A watched tree, shared by all roots at its path. */
interface Tree {
  readonly roots: Set<Root>
  readonly handle: FolderHandle
  /** When all was known to be reported, in milliseconds since the epoch. */
  goodAt: number
  /** Changed entries of this turn of the event loop; true when they came or went. */
  changed: Map<string, boolean>
}

const clockSlackMs = 2000

/** Watches whole trees by the system's own recursive watches, as macOS and Windows have them. */
export function createNativeWatch(options: NativeWatchOptions): WatchBackend {
  const watchTree = options.watchTree ?? watchRecursively
  const trees = new Map<string, Tree>()
  const all = new Set<Root>()
  const lost = new Set<Root>()
  const busy = new Set<Promise<void>>()
  let closed = false

  const folders = createFolders({
    watchFolder: options.watchFolder ?? watchOneFolder,
    onEvent: (folder, renamed, name) => batch.add(folder, renamed, name),
    onDenied: (path, error) => deny(path, error),
  })
  const scan: Scan = {
    attach(root, folder, report) {
      folder.roots = new Set([...folder.roots, root])
      openTree(root, folder)
      if (report) reportBelow([root], folder.path, () => true)
    },
    detach(root, folder) {
      const rest = new Set(folder.roots)
      rest.delete(root)
      folder.roots = rest
      closeTree(root, folder.path)
      folders.release(folder)
    },
    enter() {},
    async done() {},
    close() {},
  }
  const roots = createRoots(folders, scan, options.base)
  const batch = createEventBatch({
    overflowAt: Number.POSITIVE_INFINITY,
    onBatch(entries) {
      for (const [folder, names] of entries) {
        for (const [name, renamed] of names) roots.entryChanged(folder, name, renamed, lost)
      }
      for (const root of lost) {
        lost.delete(root)
        // The tree's handle stays with the folder that went away.
        if (root.folder === undefined) closeTree(root, root.path)
        roots.locate(root, true)
      }
    },
  })

  function openTree(root: Root, folder: Folder): void {
    const known = trees.get(folder.path)
    if (known !== undefined) {
      known.roots.add(root)
      return
    }
    try {
      const handle = watchTree(folder.path, (renamed, name) => take(folder.path, renamed, name))
      trees.set(folder.path, { roots: new Set([root]), handle, goodAt: Date.now(), changed: new Map() })
    } catch (error) {
      deny(folder.path, error)
    }
  }

  function closeTree(root: Root, path: string): void {
    const tree = trees.get(path)
    if (tree === undefined || !tree.roots.delete(root) || tree.roots.size > 0) return
    tree.handle.close()
    trees.delete(path)
  }

  function take(path: string, renamed: boolean, name: string | null): void {
    const tree = trees.get(path)
    if (tree === undefined) return
    if (name === null) {
      recover(path, tree)
      return
    }
    if (tree.changed.size === 0) setImmediate(() => deliver(path, tree))
    tree.changed.set(name, renamed || tree.changed.get(name) === true)
  }

  function deliver(path: string, tree: Tree): void {
    const { changed } = tree
    tree.changed = new Map()
    tree.goodAt = Date.now()
    for (const [name, renamed] of changed) {
      const at = entryPath(path, name)
      const folder = linkStats(at)?.isDirectory() === true
      // Mode or time of a folder: no change of content.
      if (folder && !renamed) continue
      for (const root of tree.roots) root.report(at)
      // A folder that was moved here comes as one event.
      if (folder) reportBelow(tree.roots, at, () => true)
    }
  }

  function recover(path: string, tree: Tree): void {
    const since = tree.goodAt - clockSlackMs
    reportBelow(
      tree.roots,
      path,
      (entry) => (linkStats(entry)?.ctimeMs ?? since) >= since,
      () => {
        const message = `The system dropped file events below ${path}. All in it was compared with the disk.`
        for (const problem of new Set([...tree.roots].map((root) => root.problem))) {
          problem({ code: 'files/overflow', message, rescanned: true })
        }
      },
    )
  }

  function reportBelow(
    to: Iterable<Root>,
    path: string,
    counts: (entry: string) => boolean,
    then = (): void => {},
  ): void {
    const told = [...to]
    const prunes = (folder: string): boolean => told.every((root) => root.prunes(folder))
    function* report(): Generator<void> {
      // What may not be read reports nothing of itself either.
      for (const entry of entriesBelow(path, prunes, () => {})) {
        if (closed) return
        if (counts(entry.path)) for (const root of told) root.report(entry.path)
        yield
      }
    }
    const work = inSlices(report()).then(() => {
      busy.delete(work)
      if (!closed) then()
    })
    busy.add(work)
  }

  function deny(path: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `${path} cannot be watched (${reason}). Changes in it are not seen.`
    for (const root of all) {
      if (root.path === path || isBelow(root.path, path))
        root.problem({ code: 'files/watch-failed', message, rescanned: false })
    }
  }

  return {
    async watch(watched) {
      const root: Root = { ...watched, folder: undefined, anchors: new Map(), state: 'absent', closed: false }
      all.add(root)
      roots.locate(root, false)
      return async () => {
        all.delete(root)
        if (!root.closed) roots.remove(root)
      }
    },
    async close() {
      closed = true
      // Work still in slices must not hook anything in again.
      for (const root of all) root.closed = true
      batch.close()
      for (const tree of trees.values()) tree.handle.close()
      trees.clear()
      folders.close()
      await Promise.all(busy)
    },
  }
}

const watchRecursively: WatchTree = (path, onEvent) => {
  const watcher = watch(path, { recursive: true }, (event, name) => onEvent(event === 'rename', name))
  // Windows says so when the watched folder goes away; whoever waits for it is told by its parent.
  watcher.on('error', () => watcher.close())
  return watcher
}
