import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What is looked at and done; the defaults are those of this process. */
export interface MemoryParts {
  /** Bytes that the heap holds, used or not. */
  heapSize(): number
  collect(): void
  now(): number
}

/** How long nothing must have happened. A collection stops everything for some 40 ms. */
const quietMs = 5_000
/** Smaller gains are not worth it. */
const worthBytes = 16 << 20

/**
 * Gives back what a burst of work has left in the heap, once it is quiet: a session idles for hours, and Node would keep
 * it. `subscribe` tells of whatever happens. The returned function ends it.
 */
export function giveBackMemory(subscribe: (fn: () => void) => () => void, parts: MemoryParts = own()): () => void {
  let lastChange = parts.now()
  let kept = parts.heapSize()
  const unsubscribe = subscribe(() => {
    lastChange = parts.now()
  })
  const look = (): void => {
    if (parts.now() - lastChange < quietMs || parts.heapSize() - kept < worthBytes) return
    parts.collect()
    kept = parts.heapSize()
  }
  const timer = setInterval(look, 1_000)
  timer.unref()
  return () => {
    clearInterval(timer)
    unsubscribe()
  }
}

function own(): MemoryParts {
  return {
    heapSize: () => getHeapStatistics().total_heap_size,
    now: Date.now,
    collect() {
      setFlagsFromString('--expose-gc')
      const gc = runInNewContext('gc') as () => void
      gc()
    },
  }
}
