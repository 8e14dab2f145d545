import { type StatWatcher, unwatchFile, watchFile } from 'node:fs'
import type { ChokidarOptions, FSWatcher } from 'chokidar'
import type { WatchBackend, Watched } from './backend.js'
import { entriesBelow } from './below.js'
import { entryPath } from './join-path.js'
import { inSlices } from './slices.js'
import { targetStats } from './stat.js'

export interface PollWatchOptions {
  /** Whether files are looked at again and again. False where the system tells, but only of single files and folders. */
  readonly polling: boolean
  /** Time between two looks, in milliseconds. */
  readonly intervalMs: number
}

/**
 * Watches by chokidar, which is only loaded when the first path is watched. It serves where no watch of ours can: on network
 * and virtual machine mounts, whose changes the system does not tell of, and on systems without recursive watches. It keeps
 * the stats of every file, so it is for small trees.
 */
export function createPollWatch(options: PollWatchOptions): WatchBackend {
  const open = new Set<() => Promise<void>>()

  return {
    async watch(watched) {
      const close = await watchRoot(watched, options)
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

async function watchRoot(watched: Watched, { polling, intervalMs }: PollWatchOptions): Promise<() => Promise<void>> {
  const { watch } = await import('chokidar')
  let inside: { watcher: FSWatcher; inode: number } | undefined
  let turn: Promise<void> = Promise.resolve()
  let closed = false
  let present = false

  const settings: ChokidarOptions = {
    usePolling: polling,
    interval: intervalMs,
    binaryInterval: intervalMs,
    ignoreInitial: true,
    followSymlinks: false,
    atomic: false,
    ignorePermissionErrors: true,
    ignored: (path, stats) => stats?.isDirectory() === true && watched.prunes(path),
  }

  const enter = async (inode: number): Promise<void> => {
    // With a separator at its end, a link to a folder is the folder.
    const watcher = watch(entryPath(watched.path, ''), settings)
    watcher.on('all', (_event, path) => watched.report(path))
    watcher.on('error', (error) => {
      const reason = error instanceof Error ? error.message : String(error)
      const message = `${watched.path} cannot be watched (${reason}).`
      watched.problem({ code: 'files/watch-failed', message, rescanned: false })
    })
    inside = { watcher, inode }
    await new Promise<void>((resolve) => watcher.once('ready', resolve))
  }

  const leave = async (): Promise<void> => {
    await inside?.watcher.close()
    inside = undefined
  }

  /** Finds out what is at the path itself, which chokidar does not follow when it is replaced. */
  const look = async (report: boolean): Promise<void> => {
    if (closed) return
    const stats = targetStats(watched.path)
    const folder = stats?.isDirectory() === true
    if (report && !folder && (present || stats !== undefined)) watched.report(watched.path)
    present = stats !== undefined
    if (folder && inside?.inode === stats.ino) return
    await leave()
    if (!folder) return
    await enter(stats.ino)
    if (!report) return
    watched.report(watched.path)
    await inSlices(reportAll(watched))
  }

  const onStats = (): void => {
    turn = turn.then(() => look(true))
  }
  // Changes of a single file, and the coming and going of whatever is watched.
  const existence: StatWatcher = watchFile(watched.path, { interval: intervalMs }, onStats)
  existence.ref()
  turn = look(false)
  await turn
  return async () => {
    closed = true
    unwatchFile(watched.path, onStats)
    await turn
    await leave()
  }
}

function* reportAll(watched: Watched): Generator<void> {
  for (const path of entriesBelow(watched.path, watched.prunes)) {
    watched.report(path)
    yield
  }
}
