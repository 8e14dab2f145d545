import { setIndex } from '../set-index.js'

/** Which resources a watch tells of changes; worked out anew only for resources whose watches changed. */
export interface WatchIndex {
  set(resource: string, watches: readonly string[]): void
  /** The resources that a watch concerns. */
  of(watch: string): Iterable<string>
}

export function watchIndex(): WatchIndex {
  const known = new Map<string, readonly string[]>()
  const resources = setIndex()
  return {
    set(resource, watches) {
      const before = known.get(resource) ?? []
      if (before === watches) return
      for (const watch of before) resources.leave(watch, resource)
      for (const watch of watches) resources.join(watch, resource)
      if (watches.length === 0) known.delete(resource)
      else known.set(resource, watches)
    },
    of: resources.of,
  }
}
