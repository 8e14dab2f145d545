import type { FileWatchSpec, FileWatchStatus } from '../kinds/file-watch.js'
import type { ApiObject } from '../kinds/meta.js'
import type { DisableStatus } from './disable-status.js'

export interface WireFileWatchStatus extends FileWatchStatus {
  readonly disableStatus?: DisableStatus | undefined
}

export type WireFileWatch = ApiObject<'FileWatch', FileWatchSpec, WireFileWatchStatus>
