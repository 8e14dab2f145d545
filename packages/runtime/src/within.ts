import type { Millis } from '@tiltts/spec'
import type { Clock } from './ports/clock.js'

/** How long something may take. */
export interface TimeLimit {
  readonly ms: Millis
  /** What is wrong when it takes longer. */
  readonly late: (cause: unknown) => Error
}

/** Ends work that takes longer than it may, and rejects with the error of the limit then. */
export async function within<T>(
  clock: Pick<Clock, 'timer'>,
  { ms, late }: TimeLimit,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const cancel = clock.timer(ms, () => limit.abort(new Error('too late')))
  try {
    return await work(AbortSignal.any([signal, limit.signal]))
  } catch (error) {
    if (signal.aborted || !limit.signal.aborted) throw error
    throw late(error)
  } finally {
    cancel()
  }
}
