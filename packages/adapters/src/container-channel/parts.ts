import type { ContainerCommand, ContainerFile, CopiedEntry, CopyEntry } from '@tiltts/runtime/ports'

/** What a channel can do, by whatever means. One thing at a time. */
export interface ChannelParts {
  readonly canRestartProcess: boolean
  copy(entries: readonly CopyEntry[], signal: AbortSignal): Promise<readonly CopiedEntry[]>
  remove(paths: readonly string[], signal: AbortSignal): Promise<void>
  run(command: ContainerCommand, signal: AbortSignal): Promise<{ readonly exitCode: number }>
  inspect(paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ContainerFile>>
  restartProcess(signal: AbortSignal): Promise<void>
  close(): void
}
