import { type Dirent, readdirSync, type Stats } from 'node:fs'
import { entryPath } from './join-path.js'
import { linkStats } from './stat.js'
import { isGone } from './system-error.js'

/** What stands at a path. */
export interface Walked {
  /** Absolute. */
  readonly path: string
  /** Of the path itself, not of what a link leads to. */
  readonly stats: Stats
}

export interface TreeRules {
  readonly ignored: (path: string) => boolean
  readonly prunes: (folder: string) => boolean
}

/**
 * All that stands below a folder and is not ignored: names sorted by their bytes, a folder before what is in it. A folder
 * that is ignored comes all the same when something in it does not. `undefined` comes for what is left out, so that
 * the walk can be cut into slices. What vanishes meanwhile is left out; a folder that may not be read throws.
 */
export function* walkTree(folder: string, rules: TreeRules): Generator<Walked | undefined> {
  /** Ignored folders on the way here that were not told of yet. */
  const waiting: Walked[] = []
  yield* walk(folder)

  function* walk(parent: string): Generator<Walked | undefined> {
    for (const entry of entriesOf(parent)) {
      const path = entryPath(parent, entry.name)
      const ignored = rules.ignored(path)
      const entered = entry.isDirectory() && !rules.prunes(path)
      const stats = ignored && !entered ? undefined : linkStats(path)
      if (stats === undefined) {
        yield
        continue
      }
      if (!ignored) {
        yield* waiting.splice(0)
        yield { path, stats }
        if (entered) yield* walk(path)
        continue
      }
      const told = { path, stats }
      waiting.push(told)
      yield
      yield* walk(path)
      if (waiting.at(-1) === told) waiting.pop()
    }
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((left, right) => byBytes(left.name, right.name))
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
}

/** The order of UTF-8, which JavaScript's own leaves only where characters beyond the first plane stand. */
export function byBytes(left: string, right: string): number {
  if (left === right) return 0
  if (beyond.test(left) || beyond.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right))
  return left < right ? -1 : 1
}

const beyond = /[\ud800-\udfff]/
