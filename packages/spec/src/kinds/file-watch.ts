import type { IgnoreRule } from '../graph/resource.js'
import type { ApiTime } from '../time.js'
import type { ApiObject, DisableSource } from './meta.js'
import { invalidFault, requiredFault, type SpecFault } from './spec-fault.js'

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

/** All that is wrong with a watch. */
export function fileWatchFaults({ watchedPaths = [], ignores = [] }: FileWatchSpec): readonly SpecFault[] {
  const relative = (path: string): boolean => !/^(\/|[a-z]:[\\/]|\\\\)/i.test(path)
  const absolute = (field: string, path: string): readonly SpecFault[] =>
    relative(path) ? [invalidFault(field, path, 'must be an absolute path')] : []
  return [
    ...(watchedPaths.length === 0 ? [requiredFault('watchedPaths')] : []),
    ...watchedPaths.flatMap((path, index) => absolute(`watchedPaths[${index}]`, path)),
    ...ignores.flatMap(({ basePath }, index) => absolute(`ignores[${index}].basePath`, basePath)),
  ]
}
