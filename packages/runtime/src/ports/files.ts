/** The file system, as far as the engine needs it. Paths are absolute. */
export interface Files {
  /**
   * Watches paths with all below. What does not exist yet is watched for, too. Symbolic links are not followed.
   * Resolves when no change from now on can be missed.
   */
  watch(request: WatchRequest): Promise<FileWatcher>
  /**
   * SHA-256 of each file (recursively for folders) in hex, by path, sorted; absent files are left out. Links are not followed
   * but for the given paths. Remembered by size, times and inode. `prunes`: folders that need not be entered.
   */
  hash(
    paths: readonly string[],
    ignored: (path: string) => boolean,
    signal?: AbortSignal,
    prunes?: (folder: string) => boolean,
  ): Promise<ReadonlyMap<string, string>>
  /**
   * All that stands at and below the paths as an image would get it, sorted by path; absent paths are left out, and what is
   * no file, folder or link. Links are not followed but for the given paths. A folder that is ignored is told all the same when
   * something in it is not. Contents are remembered by size, times and inode: the second time
   * nothing is read that has not changed.
   */
  tree(request: TreeRequest): Promise<readonly TreeEntry[]>
  exists(path: string): boolean
  /** Text of a file; `undefined` when it is not there. */
  readText(path: string): Promise<string | undefined>
  /** Removes a file, if it is there. */
  removeFile(path: string): Promise<void>
  close(): Promise<void>
}

export interface WatchRequest {
  readonly paths: readonly string[]
  /** Changes after this moment count, in milliseconds since the epoch, also those before the watch was ready. @default from then on */
  readonly since?: number | undefined
  /** Whether changes of the path matter to nobody. */
  readonly ignored: (path: string) => boolean
  /** Whether nothing below the folder can matter, so that it need not be entered. */
  readonly prunes: (folder: string) => boolean
  /** Raw changes as they come, unsettled, with repeats. */
  readonly onChange: (paths: readonly string[]) => void
  /** The system dropped events or refused a watch. `rescanned`: all changes were found again and reported by onChange. */
  readonly onProblem: (problem: WatchProblem) => void
}

export interface WatchProblem {
  readonly code: 'files/overflow' | 'files/watch-limit' | 'files/watch-failed'
  readonly message: string
  readonly rescanned: boolean
}

export interface FileWatcher {
  /** Whether git is at work in a watched repository (`.git/index.lock` is there). */
  gitLocked(): boolean
  close(): Promise<void>
}

export interface TreeRequest {
  readonly paths: readonly string[]
  readonly ignored: (path: string) => boolean
  readonly prunes: (folder: string) => boolean
  /** Has what changed since be told as `changed`, in milliseconds since the epoch. */
  readonly since?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface TreeEntry {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link'
  /** Permission bits. */
  readonly mode: number
  /** SHA-256 in hex of a file's content, or of `link:` and a link's target; empty for folders. */
  readonly hash: string
  /** It was written, moved here or given another mode since; of a folder also: something in it came or went. Absent: it was not. */
  readonly changed?: true | undefined
}
