import PQueue from 'p-queue'

/** Slots for updates. The scheduler decides who comes next; here they are only counted. */
export interface UpdatePool {
  add<T>(work: () => Promise<T>): Promise<T>
  setLimit(maxParallel: number): void
}

export function updatePool(): UpdatePool {
  const queue = new PQueue({ concurrency: 1 })
  return {
    add: (work) => queue.add(work),
    setLimit(maxParallel) {
      if (queue.concurrency !== maxParallel) queue.concurrency = maxParallel
    },
  }
}
