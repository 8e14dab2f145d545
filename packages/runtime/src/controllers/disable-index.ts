import type { DisableSource } from '@tiltts/spec'
import { keysOf } from './switch-state.js'

/** Which objects a ConfigMap switches on and off. */
export interface DisableIndex {
  set(object: string, source: DisableSource | undefined): void
  of(configMap: string): Iterable<string>
}

export function disableMapIndex(): DisableIndex {
  const mapsOf = new Map<string, ReadonlySet<string>>()
  const objects = new Map<string, Set<string>>()
  return {
    set(object, source) {
      const before = mapsOf.get(object)
      const next = new Set(keysOf(source).map(({ name }) => name))
      for (const map of before ?? []) if (!next.has(map)) objects.get(map)?.delete(object)
      for (const map of next) objects.set(map, (objects.get(map) ?? new Set()).add(object))
      if (next.size === 0) mapsOf.delete(object)
      else mapsOf.set(object, next)
    },
    of: (configMap) => objects.get(configMap) ?? [],
  }
}
