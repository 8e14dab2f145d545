import type { Millis } from '@tiltts/spec'

/** How long until the next try, after so many failures in a row: the first delay, doubled each time, up to the longest. */
export function backoff(firstMs: Millis, longestMs: Millis): (failures: number) => Millis {
  return (failures) => Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(0, failures - 1), 20))
}
