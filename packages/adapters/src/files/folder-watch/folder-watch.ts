import type { WatchBackend, Watched } from '../backend.js'
import { entryPath, isBelow } from '../join-path.js'
import { inSlices } from '../slices.js'
import { type CompareContext, compare } from './compare.js'
import { changeEntry } from './entry-change.js'
import { type ChangedEntries, createEventBatch } from './event-batch.js'
import type { Folder, Root, WatchFolder } from './folder.js'
import { createFolders } from './folders.js'
import { createPolling } from './polling.js'
import { createRoots } from './roots.js'
import { createScan } from './scan.js'
import { watchFolder as watchByInotify } from './watch-folder.js'
import { type InotifyLimits, largestFolder, readInotifyLimits, watchLimitMessage } from './watch-limit.js'

export interface FolderWatchOptions {
  /** Below it, renames of any folder on the way to a watched path are noticed. */
  readonly base: string
  /** How one folder is watched. @default `fs.watch` */
  readonly watchFolder?: WatchFolder | undefined
  /** @default those of this machine */
  readonly limits?: InotifyLimits | undefined
  /** Shortest time between two looks at folders that cannot be watched, in milliseconds. @default 1000 */
  readonly pollMs?: number | undefined
}

/** What Linux allows when it does not say. */
const usualQueue = 16_384

/**
 * Watches by one handle a folder, shared by all that is watched. An event costs the same however much is watched; folders
 * that nobody wants are never entered; what comes to be together with a new folder is found by looking into it.
 *
 * Made for Linux, where a recursive watch of the system does not exist, and where a watch for each file would take many
 * times the memory and the scarce watches.
 */
export function createFolderWatch(options: FolderWatchOptions): WatchBackend {
  const limits = options.limits ?? readInotifyLimits()
  const all = new Set<Root>()
  const denied = new WeakMap<Root, Set<string>>()
  let told = new WeakSet<Root>()
  let recovering: Promise<void> | undefined
  let recoverSince: number | undefined
  let closed = false

  const folders = createFolders({
    watchFolder: options.watchFolder ?? watchByInotify,
    onEvent: (folder, renamed, name) => batch.add(folder, renamed, name),
    onDenied: (path, error) => deny(path, error),
  })
  const scan = createScan(folders, () => tellRefused())
  const roots = createRoots(folders, scan, options.base)
  const context: CompareContext = { folders, scan, lost: new Set() }
  const batch = createEventBatch({ overflowAt: (limits.queuedEvents ?? usualQueue) / 2, onBatch: take })
  const polling = createPolling({ context, roots, pollMs: options.pollMs ?? 1000, relocate })

  function take(entries: ChangedEntries, overflowSince: number | undefined, events: number): void {
    for (const [folder, names] of entries) {
      for (const [name, renamed] of names) {
        if (folder.closed) break
        const moved = renamed && !isInPlace(entryPath(folder.path, name))
        roots.entryChanged(folder, name, moved, context.lost)
        if (folder.known) changeEntry(context, folder, name, moved)
      }
    }
    relocate()
    if (overflowSince !== undefined) recover(overflowSince, events)
  }

  /** Changes of a folder's mode or times come like its coming and going. */
  function isInPlace(path: string): boolean {
    const folder = folders.get(path)
    return folder !== undefined && folders.inPlace(folder)
  }

  function relocate(): void {
    for (const root of context.lost) {
      context.lost.delete(root)
      roots.locate(root, true)
    }
  }

  function recover(since: number, events: number): void {
    recoverSince = Math.min(since, recoverSince ?? since)
    recovering ??= (async () => {
      while (recoverSince !== undefined && !closed) {
        const from = recoverSince
        recoverSince = undefined
        await inSlices(recheck(from))
        await scan.done()
      }
      recovering = undefined
      if (closed) return
      tellRefused()
      for (const problem of problemsOf(all)) {
        problem({
          code: 'files/overflow',
          message: `The system dropped file events: ${events} came at once. All watched folders were compared with the disk.`,
          rescanned: true,
        })
      }
    })()
  }

  function* recheck(since: number): Generator<void> {
    const list = [...folders.all()]
    for (const folder of list) {
      yield
      // The folder may have been replaced by another of its name, which only a new handle sees.
      if (!folder.closed) folders.rewatch(folder, context.lost)
    }
    for (const root of all) roots.recheck(root, since)
    yield* compare(context, list, (_path, stats) => stats.ctimeMs >= since)
    relocate()
  }

  function tellRefused(): void {
    if (folders.refused.size === 0) {
      told = new WeakSet()
      return
    }
    polling.start()
    const refused = new Map<Root, number>()
    for (const folder of folders.refused.keys()) {
      for (const root of wantedBy(folder)) refused.set(root, (refused.get(root) ?? 0) + 1)
    }
    const code = [...folders.refused.values()][0]?.code ?? ''
    const paths = [...folders.all()].map((folder) => folder.path)
    const fresh = new Map([...refused].filter(([root]) => !told.has(root)))
    for (const [root, count] of onePerProblem(fresh)) {
      const largest = largestFolder(root.path, paths)
      const message = watchLimitMessage({ code, limits, root: root.path, refused: count, largest })
      root.problem({ code: 'files/watch-limit', message, rescanned: true })
    }
    for (const root of fresh.keys()) told.add(root)
  }

  function deny(path: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error)
    for (const root of all) {
      if (root.path !== path && !isBelow(root.path, path) && !root.anchors.has(path)) continue
      const known = denied.get(root) ?? new Set()
      denied.set(root, known)
      if (known.has(path)) continue
      known.add(path)
      const message = `${path} cannot be watched (${reason}). Changes in it are not seen; ignore it if nothing in it matters.`
      root.problem({ code: 'files/watch-failed', message, rescanned: false })
    }
  }

  return {
    async watch(watched: Watched) {
      const root: Root = { ...watched, folder: undefined, anchors: new Map(), state: 'absent', closed: false }
      all.add(root)
      roots.locate(root, false)
      await scan.done()
      tellRefused()
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
      scan.close()
      polling.close()
      folders.close()
      all.clear()
      await recovering
    },
  }
}

function* wantedBy(folder: Folder): Generator<Root> {
  yield* folder.roots
  for (const roots of folder.waits?.values() ?? []) yield* roots
}

/** Roots of one request share the function that takes its problems. */
function problemsOf(roots: Iterable<Root>): Set<Watched['problem']> {
  return new Set([...roots].map((root) => root.problem))
}

function onePerProblem(refused: ReadonlyMap<Root, number>): [Root, number][] {
  const seen = new Set<Watched['problem']>()
  const kept: [Root, number][] = []
  for (const [root, count] of [...refused].sort((a, b) => b[1] - a[1])) {
    if (seen.has(root.problem)) continue
    seen.add(root.problem)
    kept.push([root, count])
  }
  return kept
}
