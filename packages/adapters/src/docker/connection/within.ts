import type { Clock } from '@tiltts/runtime/ports'

export interface Limits {
  readonly signal?: AbortSignal | undefined
  /** @default for ever */
  readonly timeoutMs?: number | undefined
}

/**
 * Gives up when the signal aborts, with its reason, or when the time is over. What is done learns it by a signal of its
 * own; its end is not waited for, since not all can be stopped.
 */
export function within<T>(
  limits: Limits & { readonly clock: Clock; readonly tooLate: (ms: number) => Error },
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal, timeoutMs, clock, tooLate } = limits
  if (signal?.aborted) return Promise.reject(signal.reason)
  const stop = new AbortController()
  return new Promise<T>((resolve, reject) => {
    const settle = (): void => {
      cancel?.()
      signal?.removeEventListener('abort', abort)
    }
    const giveUp = (reason: unknown): void => {
      settle()
      reject(reason)
      stop.abort(reason)
    }
    const abort = (): void => giveUp(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    const cancel = timeoutMs === undefined ? undefined : clock.timer(timeoutMs, () => giveUp(tooLate(timeoutMs)))
    act(stop.signal).finally(settle).then(resolve, reject)
  })
}
