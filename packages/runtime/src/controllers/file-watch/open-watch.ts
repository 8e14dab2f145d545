import { compileIgnore, ephemeralIgnore } from '@tiltts/core/paths'
import type { FileWatchSpec } from '@tiltts/spec'
import { createSettler } from '../../files/settle.js'
import type { Clock } from '../../ports/clock.js'
import type { Files, WatchProblem } from '../../ports/files.js'

/** A watch of the world. */
export interface OpenWatch {
  readonly spec: FileWatchSpec
  /** Hands on what is held back, without waiting for quiet. */
  flush(): void
  close(): Promise<void>
}

export interface WatchSink {
  /** Changes that belong together, each path once, with the time of the last of them. */
  readonly onFiles: (paths: readonly string[], at: number) => void
  readonly onProblem: (problem: WatchProblem) => void
}

/** Watches what a spec names. Resolves when no change from now on can be missed. */
export async function openWatch(
  deps: { readonly files: Files; readonly clock: Clock },
  spec: FileWatchSpec,
  sink: WatchSink,
): Promise<OpenWatch> {
  const { files, clock } = deps
  const ignore = compileIgnore([ephemeralIgnore, ...spec.ignores])
  let lastAt = clock.now()
  let locked = (): boolean => false
  const settler = createSettler({
    clock,
    gitLocked: () => locked(),
    onSettled: (paths) => sink.onFiles(paths, lastAt),
  })
  const watcher = await files.watch({
    paths: spec.watchedPaths,
    ignored: ignore.ignored,
    prunes: ignore.prunes,
    onChange(paths) {
      lastAt = clock.now()
      settler.push(paths)
    },
    onProblem: sink.onProblem,
  })
  locked = () => watcher.gitLocked()
  return {
    spec,
    flush: () => settler.flush(),
    async close() {
      settler.flush()
      settler.close()
      await watcher.close()
    },
  }
}
