import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isBelow } from '../join-path.js'

/** Limits of Linux on file watching; undefined where the system does not say. */
export interface InotifyLimits {
  readonly watches: number | undefined
  readonly instances: number | undefined
  readonly queuedEvents: number | undefined
}

export function readInotifyLimits(): InotifyLimits {
  return {
    watches: limit('max_user_watches'),
    instances: limit('max_user_instances'),
    queuedEvents: limit('max_queued_events'),
  }
}

function limit(name: string): number | undefined {
  try {
    const value = Number.parseInt(readFileSync(`/proc/sys/fs/inotify/${name}`, 'utf8'), 10)
    return Number.isNaN(value) ? undefined : value
  } catch {
    // A sandbox without /proc: the messages then do without the number.
    return undefined
  }
}

/**
 * The folder to ignore first: from `root` down, as long as one sub-folder holds more than half of all folders.
 */
export function largestFolder(root: string, folders: Iterable<string>): { path: string; folders: number } {
  const below = new Map<string, number>()
  const children = new Map<string, Set<string>>()
  for (const path of folders) {
    if (path !== root && !isBelow(root, path)) continue
    for (let at = path; ; at = dirname(at)) {
      below.set(at, (below.get(at) ?? 0) + 1)
      if (at === root) break
      const siblings = children.get(dirname(at))
      if (siblings === undefined) children.set(dirname(at), new Set([at]))
      else siblings.add(at)
    }
  }
  let largest = root
  for (;;) {
    const total = below.get(largest) ?? 0
    const heavy = [...(children.get(largest) ?? [])].find((child) => (below.get(child) ?? 0) * 2 > total)
    if (heavy === undefined) return { path: largest, folders: total }
    largest = heavy
  }
}

/** What a user is told when Linux allows no more watches. */
export function watchLimitMessage(input: {
  readonly code: string
  readonly limits: InotifyLimits
  readonly root: string
  readonly refused: number
  readonly largest: { readonly path: string; readonly folders: number }
}): string {
  const { code, limits, root, refused, largest } = input
  const polled = `${count(refused)} below ${root} ${refused === 1 ? 'is' : 'are'} looked at every second or slower instead.`
  if (code === 'EMFILE') {
    const max = limits.instances
    const taken = max === undefined ? 'All file watchers of this user' : `All ${max} file watchers of this user`
    const next = Math.max(512, (max ?? 0) * 2)
    return `${taken} are taken (fs.inotify.max_user_instances), or too many files are open: ${polled} End other watching programs, or raise the limit: sudo sysctl fs.inotify.max_user_instances=${next}`
  }
  const max = limits.watches
  const taken = max === undefined ? 'All folder watches of this user' : `All ${max} folder watches of this user`
  const next = Math.max(524_288, (max ?? 0) * 2)
  return `${taken} are taken (fs.inotify.max_user_watches): ${polled} The largest folder is ${largest.path} with ${count(largest.folders)}: ignore it if nothing in it matters, or raise the limit: sudo sysctl fs.inotify.max_user_watches=${next}`
}

function count(folders: number): string {
  return folders === 1 ? '1 folder' : `${folders} folders`
}
