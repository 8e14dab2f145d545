import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { isBelow } from '../join-path.js'
import { linkStats } from '../stat.js'

/** An entry to keep an eye on: a folder, and the name in it. */
export type Step = readonly [folder: string, name: string]

/**
 * The entries whose coming and going moves what is at the path, from the top down. Below `base` that is every folder on the
 * way, so that renames further up are noticed, too. Elsewhere it starts at the nearest folder that exists: folders such as
 * `/tmp` or a home are busy, and each event in them would wake us for nothing.
 */
export function wayTo(path: string, base: string): readonly Step[] {
  const steps: Step[] = []
  for (let at = path; dirname(at) !== at; at = dirname(at)) {
    const folder = dirname(at)
    steps.unshift([folder, basename(at)])
    if (folder === base || (!isBelow(base, folder) && existsSync(folder))) break
  }
  return steps
}

/** Where the target of a symbolic link lies; undefined when the path is no link, or leads nowhere. */
export function targetOf(path: string): Step | undefined {
  if (linkStats(path)?.isSymbolicLink() !== true) return undefined
  try {
    const target = realpathSync(path)
    return [dirname(target), basename(target)]
  } catch {
    // A link that leads nowhere yet: the link itself is watched.
    return undefined
  }
}
