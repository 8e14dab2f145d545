/**
 * Sets that thousands of folders share: the same change of the same set gives the same result object, so that a watch over
 * 5,000 folders costs one set.
 */
export interface SharedSets<T> {
  /** The set with the items added; the set itself when it has them all. */
  add(set: ReadonlySet<T>, items: ReadonlySet<T>): ReadonlySet<T>
  /** The set without the item; the set itself when it has it not. */
  remove(set: ReadonlySet<T>, item: T): ReadonlySet<T>
}

export function createSharedSets<T>(): SharedSets<T> {
  // A walk makes the same change again and again: the last one is enough to remember.
  let added: { from: ReadonlySet<T>; items: ReadonlySet<T>; to: ReadonlySet<T> } | undefined
  let removed: { from: ReadonlySet<T>; item: T; to: ReadonlySet<T> } | undefined

  return {
    add(set, items) {
      if (isSubset(items, set)) return set
      if (set.size === 0) return items
      if (added?.from !== set || !sameItems(added.items, items)) {
        added = { from: set, items, to: new Set([...set, ...items]) }
      }
      return added.to
    },
    remove(set, item) {
      if (!set.has(item)) return set
      if (removed?.from !== set || removed.item !== item) {
        const to = new Set(set)
        to.delete(item)
        removed = { from: set, item, to }
      }
      return removed.to
    },
  }
}

function isSubset<T>(part: ReadonlySet<T>, whole: ReadonlySet<T>): boolean {
  if (part === whole) return true
  for (const item of part) if (!whole.has(item)) return false
  return true
}

function sameItems<T>(left: ReadonlySet<T>, right: ReadonlySet<T>): boolean {
  return left === right || (left.size === right.size && isSubset(left, right))
}
