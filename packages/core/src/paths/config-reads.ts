import type { ConfigRead } from '@tiltts/spec'
import { isWithin, parentPath } from './posix.js'

/** The files among those changed whose change can make the config another one: of a read file, not of what lies below it. */
export function relevantFiles(reads: readonly ConfigRead[], files: readonly string[]): readonly string[] {
  const exact = new Set(reads.map((read) => read.path))
  const trees = reads.filter((read) => read.kind === 'tree' && read.depth !== 1).map((read) => read.path)
  const folders = new Set(reads.filter((read) => read.depth === 1).map((read) => read.path))
  return files.filter(
    (file) => exact.has(file) || folders.has(parentPath(file)) || trees.some((tree) => isWithin(file, tree)),
  )
}
