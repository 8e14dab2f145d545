import { compileIgnore, isWithin, watchRules } from '@tiltts/core/paths'
import type { FileWatchSpec } from '@tiltts/spec'
import { createSettler } from '../../files/settle.js'
import type { Clock } from '../../ports/clock.js'
import type { Files, FileWatcher, WatchProblem } from '../../ports/files.js'

/** A watch of the world that goes on, without a gap, while what it watches is exchanged. */
export interface LiveWatch {
  /** What is watched; nothing before the first `follow`. */
  readonly spec: FileWatchSpec | undefined
  /** Watches by another spec. Resolves when no change of it from now on can be missed. */
  follow(spec: FileWatchSpec): Promise<void>
  close(): Promise<void>
}

export interface WatchSink {
  /** Changes that belong together, each path once, with the time of the last of them. */
  readonly onFiles: (paths: readonly string[], at: number) => void
  readonly onProblem: (problem: WatchProblem) => void
}

/** So long a watch that was replaced stays: what it was told before may still be on its way to us. */
const outgoingMs = 500

export function liveWatch(deps: { readonly files: Files; readonly clock: Clock }, sink: WatchSink): LiveWatch {
  const { files, clock } = deps
  const outgoing = new Map<FileWatcher, () => void>()
  let present: { readonly spec: FileWatchSpec; readonly watcher: FileWatcher } | undefined
  let lastAt = clock.now()
  // One for all, so that what two of them report at the time of an exchange is one change.
  const settler = createSettler({
    clock,
    gitLocked: () => present?.watcher.gitLocked() ?? false,
    onSettled: (paths) => sink.onFiles(paths, lastAt),
  })

  const open = (spec: FileWatchSpec): Promise<FileWatcher> => {
    const { ignored, prunes } = compileIgnore(watchRules(spec.ignores))
    return files.watch({
      paths: spec.watchedPaths,
      since: clock.now(),
      ignored,
      prunes,
      onProblem: sink.onProblem,
      onChange(paths) {
        lastAt = clock.now()
        const isPresent = present === undefined || present.spec === spec
        settler.push(isPresent ? paths : paths.filter((path) => isWatched(present?.spec ?? spec, path)))
      },
    })
  }

  const retire = (watcher: FileWatcher): void => {
    const cancel = clock.timer(outgoingMs, () => {
      outgoing.delete(watcher)
      void watcher.close()
    })
    outgoing.set(watcher, cancel)
  }

  return {
    get spec() {
      return present?.spec
    },
    async follow(spec) {
      const watcher = await open(spec)
      if (present !== undefined) retire(present.watcher)
      present = { spec, watcher }
    },
    async close() {
      settler.flush()
      settler.close()
      for (const cancel of outgoing.values()) cancel()
      const watchers = [...outgoing.keys(), ...(present === undefined ? [] : [present.watcher])]
      present = undefined
      await Promise.all(watchers.map((watcher) => watcher.close()))
    },
  }
}

function isWatched({ watchedPaths, ignores }: FileWatchSpec, path: string): boolean {
  return watchedPaths.some((watched) => isWithin(path, watched)) && !compileIgnore(ignores).ignored(path)
}
