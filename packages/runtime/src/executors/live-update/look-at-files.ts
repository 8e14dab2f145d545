import type { Files } from '../../ports/files.js'
import { hashOfEntry } from './held-as.js'

/** A changed path as it is now. */
export interface FileState {
  readonly path: string
  readonly state: 'file' | 'folder' | 'link' | 'gone'
  /** As `TreeEntry.hash`, `folderHash` for a folder; absent when it is gone. */
  readonly hash: string | undefined
  /** Permission bits of a file. */
  readonly mode?: number | undefined
}

/** How these paths stand now. Of a folder the folder alone counts: what changed below it is named itself. */
export async function lookAtFiles(
  files: Pick<Files, 'tree'>,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly FileState[]> {
  const wanted = new Set(paths)
  const entries = await files.tree({
    paths: [...wanted],
    ignored: (path) => !wanted.has(path),
    prunes: () => true,
    signal,
  })
  const byPath = new Map(entries.map((entry) => [entry.path, entry]))
  return [...wanted].map((path) => {
    const entry = byPath.get(path)
    return {
      path,
      state: entry?.kind ?? 'gone',
      hash: entry && hashOfEntry(entry),
      ...(entry?.kind === 'file' && { mode: entry.mode }),
    }
  })
}
