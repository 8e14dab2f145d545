/**
 * A way into one running container, kept open. Requests are carried out one after another. They reject with an
 * InfraError: `container/copy-failed`, `container/run-failed`, `container/channel-closed`, with what the container or
 * the engine said; after `channel-closed` open another one.
 */
export interface ContainerChannel {
  readonly container: string
  /** Whether a process of the container can be restarted in place: the helper runs in front of it. */
  readonly canRestartProcess: boolean
  /**
   * Copies files, folders and links, with mode and time. What is replaced keeps its owner, and what is new
   * gets that of its folder, as far as it can be known. What has vanished here is left out; what is
   * no file, folder or link, too. A target that turned from folder to file, or back, is replaced.
   *
   * @returns what was really sent, by its content at that moment
   */
  copy(entries: readonly CopyEntry[], signal: AbortSignal): Promise<readonly CopiedEntry[]>
  /** Removes paths with all below; what is not there is fine. */
  remove(containerPaths: readonly string[], signal: AbortSignal): Promise<void>
  /** Runs a command as the container's user. An exit code is no failure. */
  run(request: ContainerCommand, signal: AbortSignal): Promise<{ readonly exitCode: number }>
  /** What stands at these paths. */
  inspect(containerPaths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ContainerFile>>
  /** Starts the wrapped process anew; the container stays. */
  restartProcess(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface CopyEntry {
  /** Absolute, here. */
  readonly localPath: string
  /** Absolute, there. */
  readonly containerPath: string
}

export interface CopiedEntry extends CopyEntry {
  /** As {@link ContainerFile.hash}; absent when it had vanished. */
  readonly hash?: string | undefined
}

/** `hash`: SHA-256 in hex of a file's content, or of `link:` and the target of a link; none for folders. */
export type ContainerFile =
  | { readonly kind: 'absent' | 'folder' }
  | { readonly kind: 'file' | 'link'; readonly hash: string }

export interface ContainerCommand {
  readonly argv: readonly string[]
  readonly onOutput: (text: string, stream: 'stdout' | 'stderr') => void
}
