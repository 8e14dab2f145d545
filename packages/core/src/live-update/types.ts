import type { RestartStepSpec, RunStepSpec } from '@tiltts/spec'

/** A path that has changed, as it is now. Absolute. */
export interface LiveUpdateFile {
  readonly path: string
  readonly state: 'file' | 'folder' | 'link' | 'gone'
  /** A folder is what is gone. What was in it is named itself. */
  readonly wasFolder?: boolean | undefined
}

/** A local path and what takes its place in the container. Both absolute. */
export interface SyncedPath {
  readonly localPath: string
  readonly containerPath: string
}

/** What a running container needs to take changed files in, in the order in which it is to be done. */
export interface ContainerSteps {
  readonly kind: 'update'
  /** First. Absolute paths in the container, each with all below; a folder stands before what is in it. */
  readonly remove: readonly string[]
  /**
   * Second. Files, links, and folders without what is in them; a folder stands before what is in it. No two have the same
   * target.
   */
  readonly copy: readonly SyncedPath[]
  /** Third, one after another. */
  readonly runs: readonly RunStepSpec[]
  /** Last. */
  readonly restart: RestartStepSpec | undefined
  /** The local paths that are gone, with what `remove` takes away for them. */
  readonly removed: readonly SyncedPath[]
}

/** What becomes of changed files. */
export type LiveUpdatePlan =
  | ContainerSteps
  /** Only a new image can take them in. `files`: all that are in the way, sorted. */
  | { readonly kind: 'stop'; readonly reason: string; readonly files: readonly string[] }
  /** None of them matters to the container. */
  | { readonly kind: 'nothing' }

/** Whether changes can go into running containers, and if not, a file that cannot, and why, for people. */
export type LiveUpdateCover =
  | { readonly covered: true }
  | { readonly covered: false; readonly reason: string; readonly file: string }
