import { InfraError } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'

/** Ends work that takes longer than it may. Rejects with `kubernetes/apply-failed` and the given words then. */
export async function within<T>(
  clock: Pick<Clock, 'timer'>,
  limit: { readonly ms: number; readonly words: string },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const cancel = clock.timer(limit.ms, () => late.abort(new Error(limit.words)))
  try {
    return await work(AbortSignal.any([signal, late.signal]))
  } catch (error) {
    if (signal.aborted || !late.signal.aborted) throw error
    throw new InfraError('kubernetes/apply-failed', 'kubernetes', limit.words, { cause: error })
  } finally {
    cancel()
  }
}
