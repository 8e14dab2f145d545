import { readdirSync } from 'node:fs'
import { entryPath } from './join-path.js'

/** All entries below a folder, from the top down, except those below pruned folders. A generator, so that it can be done in slices. */
export function* entriesBelow(folder: string, prunes: (folder: string) => boolean): Generator<string> {
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    if (prunes(next)) continue
    for (const entry of entriesOf(next)) {
      const path = entryPath(next, entry.name)
      yield path
      if (entry.isDirectory()) folders.push(path)
    }
  }
}

function entriesOf(folder: string): { readonly name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // Gone meanwhile, or not allowed: there is nothing in it that could be reported.
    return []
  }
}
