import type { Json } from '@tiltts/spec'
import type { Records } from '../../ports/records.js'
import { folderHash, heldAs, isHeldAs } from './held-as.js'

/**
 * What is known of the files of one container: those of its image, and what was synced over them. The paths that were
 * touched are kept on disk, so that a later session can look whether the container still holds what it should.
 */
export interface ContainerFiles {
  /** Whether the container is known to hold exactly this; `undefined` as hash: nothing stands there. */
  holds(localPath: string, hash: string | undefined, mode?: number | undefined): boolean
  /** Whether what is known to stand there is a folder. */
  holdsFolder(localPath: string): boolean
  /** What may stand there below these paths, as far as it came from here. */
  heldBelow(folders: ReadonlySet<string>): readonly string[]
  /** Called before anything is copied or removed: from here on the container is not its image any more. */
  willTouch(entries: readonly TouchedFile[]): Promise<void>
  /** What was really sent. */
  synced(localPath: string, hash: string | undefined, mode?: number | undefined): void
  /** Nothing is known of these any more: something went wrong in the middle. */
  doubt(localPaths: readonly string[]): void
  /** Commands that failed the last time, by their text: they run with the next update, whatever changed. */
  readonly owed: Set<string>
}

export interface TouchedFile {
  readonly localPath: string
  readonly containerPath: string
}

/** The containers of a project. What concerns containers that are gone is forgotten by `meet`. */
export interface SyncedContainers {
  /** @param image by local path what of the files (see `heldAs`) that went into its image; absent: nobody knows what did */
  of(container: string, image: Readonly<Record<string, string>> | undefined): Promise<ContainerFiles>
  /** What earlier sessions, or this one, have touched in a container. */
  touched(container: string): Promise<readonly TouchedFile[]>
  forget(container: string): Promise<void>
  /** Whether a container of the resource is no newcomer to `meet`; `undefined`: nobody has told of its containers yet. */
  hasMet(owner: string, container: string): boolean | undefined
  /** The containers that the resource had in an earlier session, as long as nobody has told of those of this one. */
  earlier(owner: string): Promise<readonly string[]>
  /** The local files that were synced into containers of the resource. */
  filesOf(owner: string): Promise<readonly string[]>
  /**
   * Tells which containers a resource has now.
   *
   * @param owner name of the resource
   * @returns those that were not there the last time, and the local files that were synced into those of before: a
   * newcomer may lack them
   */
  meet(owner: string, containers: readonly string[]): Promise<Newcomers>
}

export interface Newcomers {
  readonly containers: readonly string[]
  readonly files: readonly string[]
}

const doubtful: unique symbol = Symbol('doubtful')

export function syncedContainers(records: Records, project: string): SyncedContainers {
  const open = new Map<string, ContainerFiles>()
  const paths = new Map<string, Map<string, string>>()
  const met = new Map<string, { readonly containers: ReadonlySet<string>; readonly files: ReadonlySet<string> }>()
  const keyOf = (container: string): string => `container:${project}:${container}`
  const listOf = (owner: string): string => `containers:${project}:${owner}`

  const touchedOf = async (container: string): Promise<Map<string, string>> => {
    const present = paths.get(container)
    if (present !== undefined) return present
    const read = readTouched(await records.get(keyOf(container)))
    paths.set(container, read)
    return read
  }

  const forget = async (container: string): Promise<void> => {
    open.delete(container)
    const touched = await touchedOf(container)
    paths.delete(container)
    if (touched.size > 0) await records.set(keyOf(container), null)
  }

  const filesOf = async (owner: string): Promise<Set<string>> => {
    const before = met.get(owner)
    const files = new Set(before?.files)
    for (const id of before?.containers ?? [])
      for (const localPath of (await touchedOf(id)).values()) files.add(localPath)
    return files
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
        holds(localPath, hash, mode) {
          const isOverlaid = overlay.has(localPath)
          if (!isOverlaid && image === undefined) return false
          const held = isOverlaid ? overlay.get(localPath) : image?.[localPath]
          return held !== doubtful && isHeldAs(held, hash, mode)
        },
        holdsFolder(localPath) {
          const held = overlay.get(localPath)
          // Of what is in doubt the image tells how it began.
          return (overlay.has(localPath) && held !== doubtful ? held : image?.[localPath]) === folderHash
        },
        heldBelow(folders) {
          if (folders.size === 0) return []
          const isHeld = (path: string): boolean => !overlay.has(path) || overlay.get(path) !== undefined
          return [...new Set([...Object.keys(image ?? {}), ...overlay.keys()])].filter(
            (path) => isHeld(path) && isBelowAny(path, folders),
          )
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
        synced: (localPath, hash, mode) => void overlay.set(localPath, hash && heldAs(hash, mode)),
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
    forget,
    hasMet: (owner, container) => met.get(owner)?.containers.has(container),
    earlier: async (owner) => (met.has(owner) ? [] : [...readIds(await records.get(listOf(owner)))]),
    filesOf: async (owner) => [...(await filesOf(owner))],
    async meet(owner, containers) {
      const before = met.get(owner)
      const newcomers = containers.filter((id) => before?.containers.has(id) !== true)
      if (before !== undefined && newcomers.length === 0 && containers.length === before.containers.size)
        return { containers: [], files: [] }
      const files = await filesOf(owner)
      const list = listOf(owner)
      // Those that went while nobody looked are known from the session before.
      const earlier = before?.containers ?? readIds(await records.get(list))
      for (const id of earlier) if (!containers.includes(id)) await forget(id)
      if (newcomers.length > 0 || earlier.size !== containers.length) await records.set(list, containers)
      met.set(owner, { containers: new Set(containers), files })
      return { containers: newcomers, files: [...files] }
    },
  }
}

function isBelowAny(path: string, folders: ReadonlySet<string>): boolean {
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1))
    if (folders.has(path.slice(0, at))) return true
  return false
}

function readIds(value: Json | undefined): ReadonlySet<string> {
  return new Set(Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [])
}

function readTouched(value: Json | undefined): Map<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map()
  return new Map(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

function writeTouched(touched: ReadonlyMap<string, string>): Json {
  return Object.fromEntries(touched)
}
