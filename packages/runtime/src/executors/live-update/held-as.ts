import type { ContainerFile } from '../../ports/container-channel.js'
import type { TreeEntry } from '../../ports/files.js'

/** Stands where others have the hash of their content: folders have none. */
export const folderHash = 'folder'

/** In place of `TreeEntry.hash`: that of a folder, too, tells that something stands there. */
export function hashOfEntry({ kind, hash }: Pick<TreeEntry, 'kind' | 'hash'>): string {
  return kind === 'folder' ? folderHash : hash
}

/** What stands in a container at a path, in the same words; `undefined`: nothing. */
export function hashOfContainerFile(file: ContainerFile | undefined): string | undefined {
  if (file?.kind === 'folder') return folderHash
  return file?.kind === 'file' || file?.kind === 'link' ? file.hash : undefined
}

/**
 * What a container holds at a path, in one text: the hash, and the permission bits where they are known and matter.
 *
 * @example heldAs('9f86…', 0o755) // '9f86… 755'
 */
export function heldAs(hash: string, mode?: number | undefined): string {
  return mode === undefined ? hash : `${hash} ${mode.toString(8)}`
}

/** Whether what is held is this content; where both tell a mode, with this mode. `undefined`: nothing stands there. */
export function isHeldAs(held: string | undefined, hash: string | undefined, mode?: number | undefined): boolean {
  if (held === undefined || hash === undefined) return held === hash
  const [heldHash, heldMode] = held.split(' ')
  return heldHash === hash && (heldMode === undefined || mode === undefined || heldMode === mode.toString(8))
}
