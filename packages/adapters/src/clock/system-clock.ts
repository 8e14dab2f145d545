import type { Clock } from '@tiltts/runtime/ports'

/** What a timer of the system can hold; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1

/** The time of the machine. Sleeps keep the process alive, timers do not. */
export function systemClock(): Clock {
  return {
    now: Date.now,
    timer: (ms, fn) => schedule(ms, fn, false),
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const abort = (): void => {
          cancel()
          reject(signal?.reason)
        }
        const done = (): void => {
          signal?.removeEventListener('abort', abort)
          resolve()
        }
        const cancel = schedule(ms, done, true)
        signal?.addEventListener('abort', abort, { once: true })
      }),
  }
}

function schedule(ms: number, fn: () => void, keepAlive: boolean): () => void {
  let timeout: NodeJS.Timeout
  const step = (left: number): void => {
    const next = left > LONGEST ? () => step(left - LONGEST) : fn
    timeout = setTimeout(next, Math.min(left, LONGEST))
    if (!keepAlive) timeout.unref()
  }
  step(Math.max(0, ms))
  return () => clearTimeout(timeout)
}
