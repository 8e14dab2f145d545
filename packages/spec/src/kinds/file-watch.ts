import type { IgnoreRule } from '../graph/resource.js'
import type { ApiTime } from '../time.js'
import type { ApiObject, DisableSource } from './meta.js'

/** Paths whose changes matter to somebody. */
export interface FileWatchSpec {
  /** Absolute; folders with all below, also those that do not exist yet. */
  readonly watchedPaths: readonly string[]
  readonly ignores: readonly IgnoreRule[]
  readonly disableSource?: DisableSource | undefined
}

export interface FileEvent {
  readonly time: ApiTime
  /** Absolute, sorted, without repeats. */
  readonly seenFiles: readonly string[]
  /** Counts the events of this watch from 1, so that a reader knows which it has seen. */
  readonly sequence: number
}

export interface FileWatchStatus {
  readonly monitorStartTime?: ApiTime | undefined
  readonly lastEventTime?: ApiTime | undefined
  /** The newest 20. */
  readonly fileEvents: readonly FileEvent[]
  readonly error?: string | undefined
}

export type FileWatch = ApiObject<'FileWatch', FileWatchSpec, FileWatchStatus>

/** Name of the FileWatch of what a config has read. */
export function configWatchName(tiltfile: string): string {
  return `configs:${tiltfile}`
}
