import type { Place } from '../place.js'
import type { IgnoreRule } from './resource.js'

/** Files of a container that follow files here. */
export interface SyncSpec {
  /** Absolute: a file, or a folder with all below. */
  readonly localPath: string
  /** Absolute, in the container. Behind a file source a `/` at the end means: into that folder. */
  readonly containerPath: string
  /** What below `localPath` does not count. */
  readonly ignores: readonly IgnoreRule[]
}

/** A command in the container, after files were copied. */
export interface RunStepSpec {
  /** A text of the config went through `sh -c`: `['sh', '-c', text]`. */
  readonly argv: readonly string[]
  /** How people wrote it. */
  readonly display: string
  /** Absolute; it runs when one of them, or a path below, has changed. Empty: it always runs. */
  readonly triggers: readonly string[]
  /** The command itself is not shown. */
  readonly echoOff: boolean
}

/** How the restart at the end is done. `container`: by the engine. `process`: the container stays where it has to. */
export interface RestartStepSpec {
  readonly what: 'container' | 'process'
  /** Absolute; as in {@link RunStepSpec}. */
  readonly triggers: readonly string[]
  /** `process` only: in place of the image's own ENTRYPOINT and CMD. */
  readonly entrypoint?: readonly string[] | undefined
  /** `process` only: what the end of the process by itself means: the end of the container, or waiting. @default 'end' */
  readonly onExit?: 'end' | 'stay' | undefined
}

/** How a running container takes over changed files without a new image. */
export interface LiveUpdateSpec {
  /** In order; the first that matches a file wins. */
  readonly syncs: readonly SyncSpec[]
  readonly runs: readonly RunStepSpec[]
  /** Absolute: a change of one, or of a path below, builds the image instead. */
  readonly stopPaths: readonly string[]
  /** Whether a container that starts gets all files that differ from those of its image. */
  readonly initialSync: boolean
  readonly restart?: RestartStepSpec | undefined
  readonly place: Place | undefined
}
