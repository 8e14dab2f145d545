/** The newest so many items; each push is O(1) and, once full, drops the oldest. */
export interface Ring<T> {
  readonly size: number
  /** Returns what had to make room. */
  push(item: T): T | undefined
  /** The item at a place, 0 the oldest. */
  at(index: number): T | undefined
  /** From a place on, oldest first. */
  from(index: number): T[]
}

export function createRing<T>(capacity: number): Ring<T> {
  const items: T[] = []
  let oldest = 0
  return {
    get size() {
      return items.length
    },
    push(item) {
      if (capacity < 1) return item
      if (items.length < capacity) {
        items.push(item)
        return undefined
      }
      const dropped = items[oldest]
      items[oldest] = item
      oldest = (oldest + 1) % capacity
      return dropped
    },
    at(index) {
      return index < 0 || index >= items.length ? undefined : items[(oldest + index) % items.length]
    },
    from(index) {
      const start = oldest + index
      if (start >= items.length) return items.slice(start - items.length, oldest)
      return [...items.slice(start), ...items.slice(0, oldest)]
    },
  }
}
