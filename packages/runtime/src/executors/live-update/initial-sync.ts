import { type LiveUpdateFile, syncedFiles } from '@tiltts/core/live-update'
import { compileIgnore } from '@tiltts/core/paths'
import type { IgnoreRule, ImageUse } from '@tiltts/spec'
import type { ContainerFiles } from './container-files.js'
import { hashOfContainerFile, hashOfEntry } from './held-as.js'
import type { LiveContainer, LiveUpdateDeps } from './live-container.js'
import type { FileState } from './look-at-files.js'

export interface InitialSyncRequest {
  readonly image: ImageUse
  /** What of its files does not count. */
  readonly ignores: readonly IgnoreRule[]
  readonly container: LiveContainer
  readonly known: ContainerFiles
}

/**
 * Looks at all files that a live update keeps equal: those that a container holds with another content, or not at all.
 * What has no counterpart here is left alone, since the image may have it from elsewhere.
 */
export async function filesToSyncFirst(
  { files, channels }: Pick<LiveUpdateDeps, 'files' | 'channels'>,
  { image, ignores, container, known }: InitialSyncRequest,
  signal: AbortSignal,
): Promise<readonly FileState[]> {
  const { liveUpdate } = image
  if (liveUpdate === undefined) return []
  const ignore = compileIgnore(ignores)
  const entries = await files.tree({
    paths: liveUpdate.syncs.map(({ localPath }) => localPath),
    ignored: ignore.ignored,
    prunes: ignore.prunes,
    signal,
  })
  const states = entries.map(({ path, kind, hash, mode }): FileState & LiveUpdateFile => ({
    path,
    state: kind,
    hash: hashOfEntry({ kind, hash }),
    ...(kind === 'file' && { mode }),
  }))
  const wanted = syncedFiles(liveUpdate, states)
  if (wanted.length === 0) return []
  const found = await channels.with(container.id, signal, (channel) =>
    channel.inspect(
      wanted.map(({ containerPath }) => containerPath),
      signal,
    ),
  )
  return wanted.flatMap(({ localPath, containerPath, file }) => {
    const there = hashOfContainerFile(found.get(containerPath))
    known.synced(localPath, there)
    return there === file.hash ? [] : [file]
  })
}
