import type { Json } from '@tiltts/spec'
import type { Records } from '../../ports/records.js'

/**
 * What is known of the files of one container: those of its image, and what was synced over them. The paths that were
 * touched are kept on disk, so that a later session can look whether the container still holds what it should.
 */
export interface ContainerFiles {
  /** Whether the container is known to hold exactly this; `undefined` as hash: nothing stands there. */
  holds(localPath: string, hash: string | undefined): boolean
  /** Called before anything is copied or removed: from here on the container is not its image any more. */
  willTouch(entries: readonly TouchedFile[]): Promise<void>
  /** What was really sent. */
  synced(localPath: string, hash: string | undefined): void
  /** Nothing is known of these any more: something went wrong in the middle. */
  doubt(localPaths: readonly string[]): void
  /** Commands that failed the last time, by their text: they run with the next update, whatever changed. */
  readonly owed: Set<string>
}

export interface TouchedFile {
  readonly localPath: string
  readonly containerPath: string
}

/** The containers of a project. What concerns containers that are gone is forgotten by `keep`. */
export interface SyncedContainers {
  /** @param image hash by local path of the files that went into its image; absent: nobody knows what did */
  of(container: string, image: Readonly<Record<string, string>> | undefined): Promise<ContainerFiles>
  /** What earlier sessions, or this one, have touched in a container. */
  touched(container: string): Promise<readonly TouchedFile[]>
  forget(container: string): Promise<void>
}

const doubtful = Symbol('doubtful')

export function syncedContainers(records: Records, project: string): SyncedContainers {
  const open = new Map<string, ContainerFiles>()
  const paths = new Map<string, Map<string, string>>()
  const keyOf = (container: string): string => `container:${project}:${container}`

  const touchedOf = async (container: string): Promise<Map<string, string>> => {
    const present = paths.get(container)
    if (present !== undefined) return present
    const read = readTouched(await records.get(keyOf(container)))
    paths.set(container, read)
    return read
  }

  return {
    async of(container, image) {
      const present = open.get(container)
      if (present !== undefined) return present
      const touched = await touchedOf(container)
      // What an earlier session has touched is not known by its image.
      const overlay = new Map<string, string | undefined | typeof doubtful>(
        [...touched.values()].map((localPath) => [localPath, doubtful]),
      )
      const files: ContainerFiles = {
        owed: new Set(),
        holds(localPath, hash) {
          if (overlay.has(localPath)) return overlay.get(localPath) === hash
          return image !== undefined && image[localPath] === hash
        },
        async willTouch(entries) {
          let grown = false
          for (const { containerPath, localPath } of entries) {
            grown ||= !touched.has(containerPath)
            touched.set(containerPath, localPath)
            overlay.set(localPath, doubtful)
          }
          if (grown) await records.set(keyOf(container), writeTouched(touched))
        },
        synced: (localPath, hash) => void overlay.set(localPath, hash),
        doubt(localPaths) {
          for (const path of localPaths) overlay.set(path, doubtful)
        },
      }
      open.set(container, files)
      return files
    },
    async touched(container) {
      const touched = await touchedOf(container)
      return [...touched].map(([containerPath, localPath]) => ({ containerPath, localPath }))
    },
    async forget(container) {
      open.delete(container)
      const touched = await touchedOf(container)
      paths.delete(container)
      if (touched.size > 0) await records.set(keyOf(container), null)
    },
  }
}

function readTouched(value: Json | undefined): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map()
  return new Map(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function writeTouched(touched: ReadonlyMap<string, string>): Json {
  return Object.fromEntries(touched)
}
