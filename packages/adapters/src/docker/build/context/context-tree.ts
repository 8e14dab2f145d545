import { lstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import type { BuildContext } from '@tiltts/runtime/ports'
import { readLink } from '../../../files/content-hashes.js'
import { byBytes, type TreeRules, walkTree } from '../../../files/walk-tree.js'

/** An entry of a build context. */
export interface ContextEntry {
  /** In the context: relative, with `/`. */
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link'
  /** Permission bits. */
  readonly mode: number
  readonly size: number
  readonly mtimeMs: number
  readonly target?: string | undefined
  /** What a file holds, or the path where that is. */
  readonly content?: string | Buffer | undefined
}

/**
 * All of a build context, folder by folder, names sorted by their bytes. `undefined` comes for what is left out, so that the
 * walk can be cut into slices. Devices, pipes and sockets are left out.
 *
 * @param rules what is left out beside what the context itself ignores
 */
export function* contextTree(context: BuildContext, rules?: TreeRules): Generator<ContextEntry | undefined> {
  const extra = extraEntries(context)
  const walked = folderEntries(context, rules)
  const wanted = rules ? extra.filter(({ path }) => !rules.ignored(join(context.folder, path))) : extra
  yield* wanted.length === 0 ? walked : merged(walked, wanted)
}

function* folderEntries(
  { folder, ignored, prunes }: BuildContext,
  rules?: TreeRules,
): Generator<ContextEntry | undefined> {
  const both = rules
    ? {
        ignored: (path: string) => ignored(path) || rules.ignored(path),
        prunes: (path: string) => prunes(path) || rules.prunes(path),
      }
    : { ignored, prunes }
  const from = folder.endsWith('/') ? folder.length : folder.length + 1
  for (const entry of walkTree(folder, both)) {
    const path = entry?.path.slice(from)
    yield entry && path ? contextEntry(slashed(path), entry.path, entry.stats) : undefined
  }
}

function slashed(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path
}

function contextEntry(path: string, file: string, stats: Stats): ContextEntry | undefined {
  // On Windows all may be run, for want of a bit that says otherwise.
  const mode = process.platform === 'win32' ? 0o755 : stats.mode & 0o7777
  const { mtimeMs } = stats
  if (stats.isFile()) return { path, kind: 'file', mode, size: stats.size, mtimeMs, content: file }
  if (stats.isDirectory()) return { path, kind: 'folder', mode, size: 0, mtimeMs }
  if (!stats.isSymbolicLink()) return undefined
  const target = readLink(file)
  if (target === undefined) return undefined
  return { path, kind: 'link', mode: 0o777, size: Buffer.byteLength(target), mtimeMs, target: slashed(target) }
}

/** The extra files and the folders that they are in, sorted. */
function extraEntries({ extra = [] }: BuildContext): readonly ContextEntry[] {
  const entries = new Map<string, ContextEntry>()
  for (const { path, file, mode } of extra) {
    const { size, mtimeMs } = lstatSync(file)
    const parts = path.split('/')
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/')
      entries.set(parent, { path: parent, kind: 'folder', mode: 0o755, size: 0, mtimeMs })
    }
    entries.set(path, { path, kind: 'file', mode, size, mtimeMs, content: file })
  }
  return [...entries.values()].sort((left, right) => byParts(left.path, right.path))
}

/** Extra files take the place of what is in the folder; of a folder that both have, that of the folder is told. */
function* merged(
  walked: Iterable<ContextEntry | undefined>,
  extra: readonly ContextEntry[],
): Generator<ContextEntry | undefined> {
  let next = 0
  let replaced: string | undefined
  for (const entry of walked) {
    if (entry === undefined || (replaced !== undefined && entry.path.startsWith(replaced))) {
      yield
      continue
    }
    let told: ContextEntry | undefined = entry
    for (let other = extra[next]; other && byParts(other.path, entry.path) <= 0; other = extra[++next]) {
      if (other.path !== entry.path) yield other
      else if (other.kind === 'file' || entry.kind !== 'folder') {
        told = other
        replaced = entry.kind === 'folder' ? `${entry.path}/` : undefined
      }
    }
    yield told
  }
  yield* extra.slice(next)
}

/** Part by part, so that what is in a folder stands right behind it. */
function byParts(left: string, right: string): number {
  return byBytes(left.replaceAll('/', '\0'), right.replaceAll('/', '\0'))
}
