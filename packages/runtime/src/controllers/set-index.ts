/** Many values by each key, of which only those with a value are kept. */
export interface SetIndex {
  join(key: string, value: string): void
  leave(key: string, value: string): void
  /** In the order in which they came. */
  of(key: string): ReadonlySet<string>
  /** Whether the key has any. */
  has(key: string): boolean
  /** Removes a key with all it has. */
  take(key: string): ReadonlySet<string>
}

const none: ReadonlySet<string> = new Set()

export function setIndex(): SetIndex {
  const sets = new Map<string, Set<string>>()
  return {
    join(key, value) {
      const found = sets.get(key)
      if (found === undefined) sets.set(key, new Set([value]))
      else found.add(value)
    },
    leave(key, value) {
      const found = sets.get(key)
      found?.delete(value)
      if (found?.size === 0) sets.delete(key)
    },
    of: (key) => sets.get(key) ?? none,
    has: (key) => sets.has(key),
    take(key) {
      const found = sets.get(key) ?? none
      sets.delete(key)
      return found
    },
  }
}
