import { setIndex } from './set-index.js'

/** Which names a key concerns, where the keys of a name are known together: those of its watches, or what it has applied. */
export interface NameIndex {
  /** From now on these are all keys of a name. Nothing is done when they are the very list that it has. */
  set(name: string, keys: readonly string[]): void
  of(key: string): ReadonlySet<string>
  /** Whether the key concerns any. */
  has(key: string): boolean
  keysOf(name: string): readonly string[]
}

export function nameIndex(): NameIndex {
  const known = new Map<string, readonly string[]>()
  const names = setIndex()
  const keysOf = (name: string): readonly string[] => known.get(name) ?? []
  return {
    set(name, keys) {
      const before = keysOf(name)
      if (before === keys) return
      const next = new Set(keys)
      for (const key of before) if (!next.has(key)) names.leave(key, name)
      for (const key of next) names.join(key, name)
      if (keys.length === 0) known.delete(name)
      else known.set(name, keys)
    },
    of: names.of,
    has: names.has,
    keysOf,
  }
}
