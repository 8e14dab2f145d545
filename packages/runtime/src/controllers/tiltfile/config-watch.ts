import { escapePattern, isWithin, parentPath, relativeTo } from '@tiltts/core/paths'
import type { Tx } from '@tiltts/core/store'
import { annotation, type ConfigRead, configWatchName, type IgnoreRule } from '@tiltts/spec'

/** The reads of an evaluation with those that count in any case, each once. */
export function withMainReads(mainPath: string, reads: readonly ConfigRead[]): readonly ConfigRead[] {
  const always: ConfigRead[] = [
    { path: mainPath, kind: 'file' },
    { path: `${parentPath(mainPath)}/.tiltignore`, kind: 'file' },
  ]
  return union(always, reads)
}

/** Both sets of reads, each once. */
export function union(a: readonly ConfigRead[], b: readonly ConfigRead[]): readonly ConfigRead[] {
  const seen = new Map([...a, ...b].map((read) => [`${read.kind} ${read.depth ?? ''} ${read.path}`, read]))
  return [...seen.values()]
}

/** Has everything watched that a config read. */
export function putConfigWatch(
  tx: Tx,
  tiltfile: string,
  reads: readonly ConfigRead[],
  ignores: readonly IgnoreRule[],
): void {
  const watchedPaths = [...new Set(reads.map((read) => read.path))].sort()
  const meta = { annotations: { [annotation.resource]: tiltfile } }
  const spec = { watchedPaths, ignores: [...ignores, ...listedFolders(reads)] }
  tx.put('FileWatch', configWatchName(tiltfile), spec, { fileEvents: [] }, meta)
}

/** Rules by which nothing deep below a folder that was only listed is watched, but for what else was read there. */
function listedFolders(reads: readonly ConfigRead[]): readonly IgnoreRule[] {
  const listed = new Set(reads.filter((read) => read.depth === 1).map((read) => read.path))
  return [...listed]
    .filter((folder) => !reads.some((read) => read.kind === 'tree' && read.depth !== 1 && isWithin(folder, read.path)))
    .map((folder) => {
      const deep = reads.map((read) => relativeTo(read.path, folder)).filter((path) => path?.includes('/'))
      return { basePath: folder, patterns: ['*/*', ...deep.map((path) => `!${escapePattern(path ?? '')}`)] }
    })
}
