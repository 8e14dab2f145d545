import type { DisableSource } from '@tiltts/spec'
import { setIndex } from './set-index.js'
import { keysOf } from './switch-state.js'

/** Which objects a ConfigMap switches on and off. */
export interface DisableIndex {
  set(object: string, source: DisableSource | undefined): void
  of(configMap: string): Iterable<string>
}

export function disableMapIndex(): DisableIndex {
  const mapsOf = new Map<string, ReadonlySet<string>>()
  const objects = setIndex()
  return {
    set(object, source) {
      const before = mapsOf.get(object)
      const next = new Set(keysOf(source).map(({ name }) => name))
      for (const map of before ?? []) if (!next.has(map)) objects.leave(map, object)
      for (const map of next) objects.join(map, object)
      if (next.size === 0) mapsOf.delete(object)
      else mapsOf.set(object, next)
    },
    of: objects.of,
  }
}
