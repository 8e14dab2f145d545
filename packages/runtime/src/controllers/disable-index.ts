import type { DisableSource } from '@tiltts/spec'

/** Which objects a ConfigMap switches on and off. */
export interface DisableIndex {
  set(object: string, source: DisableSource | undefined): void
  of(configMap: string): Iterable<string>
}

export function disableMapIndex(): DisableIndex {
  const mapOf = new Map<string, string>()
  const objects = new Map<string, Set<string>>()
  return {
    set(object, source) {
      const before = mapOf.get(object)
      const next = source?.configMap.name
      if (before === next) return
      if (before !== undefined) objects.get(before)?.delete(object)
      if (next === undefined) {
        mapOf.delete(object)
        return
      }
      mapOf.set(object, next)
      const set = objects.get(next) ?? new Set()
      objects.set(next, set.add(object))
    },
    of: (configMap) => objects.get(configMap) ?? [],
  }
}
