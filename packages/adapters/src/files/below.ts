import { type Dirent, readdirSync } from 'node:fs'
import { entryPath } from './join-path.js'
import { isGone } from './system-error.js'

export interface EntryBelow {
  readonly path: string
  readonly isFolder: boolean
}

/**
 * All entries below a folder, except those below pruned folders; links are not followed. A generator, so that it can be done
 * in slices. What vanishes meanwhile is left out.
 *
 * @param onError Takes the error of a folder that may not be read; the walk goes on when it returns.
 */
export function* entriesBelow(
  folder: string,
  prunes: (folder: string) => boolean,
  onError: (error: unknown) => void,
): Generator<EntryBelow> {
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    if (prunes(next)) continue
    for (const entry of entriesOf(next, onError)) {
      const path = entryPath(next, entry.name)
      const isFolder = entry.isDirectory()
      yield { path, isFolder }
      if (isFolder) folders.push(path)
    }
  }
}

function entriesOf(folder: string, onError: (error: unknown) => void): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (!isGone(error)) onError(error)
    return []
  }
}
