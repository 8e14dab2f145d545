import { Stats } from 'node:fs'
import { join } from 'node:path'
import type { ChokidarOptions, FSWatcher } from 'chokidar'
import type { WatchBackend, Watched } from './backend.js'
import { entriesBelow } from './below.js'
import { entryPath } from './join-path.js'
import { inSlices } from './slices.js'
import { targetStats } from './stat.js'

/**
 * Watches by chokidar, which looks at every file again and again, and is only loaded when the first path is watched. It serves
 * where the system does not tell of changes: on network and virtual machine mounts, and where nothing better is known. It
 * keeps the stats of every file, so it is for small trees.
 *
 * @param intervalMs Time between two looks, in milliseconds. Chokidar sees no two removals of a path within 100 ms.
 */
export function createPollWatch(intervalMs: number): WatchBackend {
  const open = new Set<() => Promise<void>>()

  return {
    async watch(watched) {
      const close = await watchRoot(watched, intervalMs)
      open.add(close)
      return async () => {
        open.delete(close)
        await close()
      }
    },
    async close() {
      await Promise.all([...open].map((close) => close()))
      open.clear()
    },
  }
}

async function watchRoot(watched: Watched, intervalMs: number): Promise<() => Promise<void>> {
  const { watch } = await import('chokidar')
  let inside: FSWatcher | undefined
  let before = targetStats(watched.path)
  let turn: Promise<void> = Promise.resolve()
  let closed = false

  const settings: ChokidarOptions = {
    usePolling: true,
    interval: intervalMs,
    binaryInterval: intervalMs,
    ignoreInitial: true,
    followSymlinks: false,
    atomic: false,
    ignorePermissionErrors: true,
    ignored: (path, stats) => stats?.isDirectory() === true && watched.prunes(path),
  }

  const enter = async (): Promise<void> => {
    // With a separator at its end, a link to a folder is the folder.
    const watcher = watch(entryPath(watched.path, ''), settings)
    watcher.on('all', (_event, path) => watched.report(path))
    watcher.on('raw', (_event, path, details) => {
      const change = statsOf(details)
      // Chokidar drops the second of two changes of a file within 50 ms, and changes of its mode.
      if (change?.after.isFile() === true) watched.report(path)
      // It does not see that a folder took the place of a file, or the other way round.
      if (change !== undefined && isOther(change.before, change.after)) replaceInside()
    })
    watcher.on('error', (error) => {
      const reason = error instanceof Error ? error.message : String(error)
      const message = `${watched.path} cannot be watched (${reason}).`
      watched.problem({ code: 'files/watch-failed', message, rescanned: false })
    })
    inside = watcher
    await new Promise<void>((resolve) => watcher.once('ready', resolve))
  }

  /** Starts anew with what is at the path now. All that was known and all that is found counts as changed. */
  const replace = async (): Promise<void> => {
    if (closed) return
    const known = inside?.getWatched() ?? {}
    await inside?.close()
    inside = undefined
    watched.report(watched.path)
    for (const [folder, names] of Object.entries(known)) for (const name of names) watched.report(join(folder, name))
    if (closed || targetStats(watched.path)?.isDirectory() !== true) return
    await enter()
    await inSlices(reportAll(watched))
  }

  const replaceInside = (): void => {
    turn = turn.then(replace)
  }

  /** Looks at the path itself, which chokidar does not follow when it comes, goes, or is replaced. */
  const look = (): void => {
    const after = targetStats(watched.path)
    const other = isOther(before, after)
    const changed = after?.isFile() === true && (after.mtimeMs !== before?.mtimeMs || after.ctimeMs !== before.ctimeMs)
    before = after
    if (other) replaceInside()
    else if (changed) watched.report(watched.path)
  }

  if (before?.isDirectory() === true) await enter()
  const timer = setInterval(look, intervalMs)
  return async () => {
    closed = true
    clearInterval(timer)
    await turn
    await inside?.close()
  }
}

/** Whether something came, went, or took the place of something else. */
function isOther(before: Stats | undefined, after: Stats | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after
  if (before.isDirectory() !== after.isDirectory()) return before.ino !== 0 && after.ino !== 0
  return after.isDirectory() && before.ino !== after.ino
}

/** What chokidar's polling saw of one path; all zero where nothing was. */
function statsOf(details: unknown): { readonly before: Stats; readonly after: Stats } | undefined {
  if (typeof details !== 'object' || details === null || !('curr' in details) || !('prev' in details)) return undefined
  const { prev, curr } = details
  return prev instanceof Stats && curr instanceof Stats ? { before: prev, after: curr } : undefined
}

function* reportAll(watched: Watched): Generator<void> {
  // What may not be read cannot be watched either, of which chokidar tells.
  for (const entry of entriesBelow(watched.path, watched.prunes, () => {})) {
    watched.report(entry.path)
    yield
  }
}
