import type { Clock } from '@tiltts/runtime/ports'

export interface Bounds {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly tooLate: (ms: number) => Error
  readonly signals: readonly (AbortSignal | undefined)[]
}

/**
 * Gives up when one of the signals aborts, with its reason, or when the time is over. What is done learns it by its own
 * signal.
 */
export function within<T>(bounds: Bounds, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signals = bounds.signals.filter((signal) => signal !== undefined)
  const gone = signals.find((signal) => signal.aborted)
  if (gone) return Promise.reject(gone.reason)
  const stop = new AbortController()
  return new Promise<T>((resolve, reject) => {
    const giveUp = (reason: unknown): void => {
      settle()
      reject(reason)
      stop.abort(reason)
    }
    const aborts = signals.map((signal) => {
      const abort = (): void => giveUp(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      return () => signal.removeEventListener('abort', abort)
    })
    const cancel = bounds.clock.timer(bounds.timeoutMs, () => giveUp(bounds.tooLate(bounds.timeoutMs)))
    const settle = (): void => {
      cancel()
      for (const stopListening of aborts) stopListening()
    }
    act(stop.signal).finally(settle).then(resolve, reject)
  })
}
