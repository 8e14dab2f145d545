import { join, posix } from 'node:path'
import { escapePattern } from '@tiltts/core/paths'
import type { BuildContext } from '@tiltts/runtime/ports'
import { namesIn } from '../../../files/names-in.js'
import { inSlices } from '../../../files/slices.js'
import { contextTree } from '../context/context-tree.js'

/**
 * Names what is left out of a context, as lines of a .dockerignore: each stands for one path and all below. buildx reads the
 * folder itself, and knows no functions.
 *
 * @throws Error for a name that no such line can hold
 */
export async function ignoreList(context: BuildContext): Promise<readonly string[]> {
  const kept = new Map<string, Set<string>>([['.', new Set()]])
  const lines: string[] = []

  function* look(): Generator<void> {
    for (const entry of contextTree(context)) {
      yield
      if (!entry) continue
      kept.get(posix.dirname(entry.path))?.add(posix.basename(entry.path))
      if (entry.kind === 'folder') kept.set(entry.path, new Set())
    }
    for (const [folder, names] of kept) {
      yield
      lines.push(...missing(context.folder, folder, names))
    }
  }

  await inSlices(look())
  return lines
}

function missing(root: string, folder: string, kept: ReadonlySet<string>): readonly string[] {
  const all = namesIn(join(root, folder))
  if (all.length === 0) return []
  if (kept.size === 0) return [line(folder, '*')]
  return all.filter((name) => !kept.has(name)).map((name) => line(folder, escapePattern(name)))
}

function line(folder: string, pattern: string): string {
  const escaped = folder === '.' ? [] : folder.split('/').map(escapePattern)
  const text = [...escaped, pattern].join('/')
  if (/[\r\n]/.test(text)) throw new Error(`buildx cannot leave out ${JSON.stringify(text)}: its name has a line end`)
  return text
}
