import type { WatchFolder } from '../folder-watch/folder.js'
import { watchFolder } from '../folder-watch/watch-folder.js'

/** The real watch of a folder, on a system that can be made to refuse and to drop events. */
export interface LimitedWatch {
  readonly watchFolder: WatchFolder
  /** Paths of the folders watched at the moment, sorted. */
  open(): readonly string[]
  /** From now on refuses by this error what would be more than so many watches. */
  limit(watches: number, code: 'ENOSPC' | 'EMFILE'): void
  /** Refuses this folder. */
  deny(path: string): void
  allow(path: string): void
  /** From now on drops all events but the first so many of each turn of the event loop. */
  dropAfter(events: number): void
}

export function limitedWatch(): LimitedWatch {
  const open: string[] = []
  const denied = new Set<string>()
  let limit = Number.POSITIVE_INFINITY
  let limitCode = 'ENOSPC'
  let dropAfter = Number.POSITIVE_INFINITY
  let events = 0

  const refuse = (code: string, path: string): never => {
    throw Object.assign(new Error(`${code}: watch '${path}'`), { code })
  }

  return {
    watchFolder(path, onEvent) {
      if (denied.has(path)) refuse('EACCES', path)
      if (open.length >= limit) refuse(limitCode, path)
      const handle = watchFolder(path, (renamed, name) => {
        if (events++ === 0) setImmediate(() => (events = 0))
        if (events <= dropAfter) onEvent(renamed, name)
      })
      open.push(path)
      return {
        close() {
          handle.close()
          open.splice(open.indexOf(path), 1)
        },
      }
    },
    open: () => [...open].sort(),
    limit(watches, code) {
      limit = watches
      limitCode = code
    },
    deny: (path) => void denied.add(path),
    allow: (path) => void denied.delete(path),
    dropAfter(count) {
      dropAfter = count
    },
  }
}
