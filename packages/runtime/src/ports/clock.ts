/** Time, so that tests hold it in their hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after the time, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls back once; the returned function calls it off. Does not keep the process alive. */
  timer(ms: number, fn: () => void): () => void
}
