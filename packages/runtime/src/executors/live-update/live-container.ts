import type { Files } from '../../ports/files.js'
import type { ImageRecords } from '../image/image-record.js'
import type { SyncedContainers } from './container-files.js'
import type { ContainerUpdateDeps } from './update-container.js'

/** A container as far as a live update looks at it. */
export interface LiveContainer {
  /** Another one for each run that begins with the files of its image. */
  readonly id: string
  readonly name: string
  readonly state: { readonly running: boolean; readonly status: string; readonly exitCode?: number | undefined }
  /** The images that it may run, by the names of their Image objects. Absent: all of the resource. */
  readonly images?: ReadonlySet<string> | undefined
}

export interface LiveUpdateDeps extends ContainerUpdateDeps {
  readonly files: Pick<Files, 'tree'>
  readonly images: ImageRecords
  readonly synced: SyncedContainers
}
