import type { Clock } from '../ports/clock.js'

/** A clock that moves only when told to. */
export interface ManualClock extends Clock {
  /**
   * Moves time on by so many milliseconds. Timers fire in order of their time, each at its own `now()`, those of one time
   * in the order they were set; after each, everything it set off (promises, not I/O) runs to its end before the next.
   * `advance(0)` fires what is due now and lets the rest settle.
   */
  advance(ms: number): Promise<void>
  /** When the next timer is due, in milliseconds since the epoch; `undefined` when none is set. */
  next(): number | undefined
}

interface Timer {
  readonly at: number
  readonly fn: () => void
}

/**
 * Time in a test's hand.
 *
 * @param options.now Where it starts, in milliseconds since the epoch. @default 1767225600000 (2026-01-01T00:00:00Z)
 * @example
 * const clock = manualClock()
 * clock.timer(500, () => fired.push('a'))
 * await clock.advance(499) // nothing yet
 * await clock.advance(1)   // fired is ['a']
 */
export function manualClock(options: { readonly now?: number } = {}): ManualClock {
  let now = options.now ?? Date.UTC(2026, 0, 1)
  // Insertion order is kept, so that timers of one time fire in the order they were set.
  const timers = new Set<Timer>()

  const earliest = (): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) if (first === undefined || timer.at < first.at) first = timer
    return first
  }

  const timer = (ms: number, fn: () => void): (() => void) => {
    const entry = { at: now + Math.max(0, ms), fn }
    timers.add(entry)
    return () => void timers.delete(entry)
  }

  return {
    now: () => now,
    timer,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const abort = (): void => {
          cancel()
          reject(signal?.reason)
        }
        const cancel = timer(ms, () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        })
        signal?.addEventListener('abort', abort, { once: true })
      }),
    next: () => earliest()?.at,
    async advance(ms) {
      const end = now + ms
      await settled()
      for (let due = earliest(); due !== undefined && due.at <= end; due = earliest()) {
        timers.delete(due)
        now = due.at
        due.fn()
        await settled()
      }
      now = end
    },
  }
}

/** A turn of the event loop comes only after all microtasks, however many of them follow each other. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
