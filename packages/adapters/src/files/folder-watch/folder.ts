import type { Watched } from '../backend.js'

/** A folder that is watched: one handle of the system, shared by all roots that want to know. */
export interface Folder {
  readonly path: string
  /** Tells it from another folder that may take its path. */
  inode: number
  /** Inodes are used again at once; milliseconds since the epoch, 0 where the file system does not say. */
  born: number
  /** Undefined when the system refused: then the folder is looked at from time to time. */
  watcher: FolderHandle | undefined
  /** Roots that want all changes below. Sets are shared between folders and never changed in place. */
  roots: ReadonlySet<Root>
  /** Roots that want the changes of one entry: a watched file, or the way to a watched path. */
  waits: Map<string, Set<Root>> | undefined
  /** Whether the names below are known; only where `roots` is not empty. */
  known: boolean
  /** Names of everything that is no folder. */
  readonly files: Set<string>
  /** Names of folders; undefined for those that nobody wants entered. */
  readonly folders: Map<string, Folder | undefined>
  closed: boolean
}

/** A watched path with where it is hooked in. */
export interface Root extends Watched {
  /** The folder at the path, when it is one. */
  folder: Folder | undefined
  /** Paths of the entries that the root waits for, each with the path of the folder it is in. */
  readonly anchors: Map<string, string>
  /** What was at the path when last looked at. */
  state: 'absent' | 'file' | 'folder'
  closed: boolean
}

export interface FolderHandle {
  close(): void
}

/**
 * Watches the entries of one folder. `renamed`: an entry came or went; otherwise its content or its mode changed.
 * Throws the system's error when it refuses.
 */
export type WatchFolder = (path: string, onEvent: (renamed: boolean, name: string) => void) => FolderHandle
