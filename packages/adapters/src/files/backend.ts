import type { WatchProblem } from '@tiltts/runtime/ports'

/** One path of one request, as the watchers know it. */
export interface Watched {
  /** Absolute and normalised; a file, a folder, or nothing yet. */
  readonly path: string
  /** Whether nothing below the folder can matter. */
  readonly prunes: (folder: string) => boolean
  /** Takes a changed path, whether it matters or not. */
  readonly report: (path: string) => void
  readonly problem: (problem: WatchProblem) => void
  /** Takes a folder in which a `.git` was met. */
  readonly sawRepository: (folder: string) => void
}

/** One way to learn of changes. */
export interface WatchBackend {
  /** Resolves when no change from now on can be missed, with what ends it. */
  watch(watched: Watched): Promise<() => Promise<void>>
  close(): Promise<void>
}
