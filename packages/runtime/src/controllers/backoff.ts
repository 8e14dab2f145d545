const first = 1_000
const longest = 300_000

/** Milliseconds until the next try, after so many failures in a row: 1 s, doubled each time, at most 5 min. */
export function retryDelay(failures: number): number {
  return Math.min(longest, first * 2 ** Math.min(failures - 1, 20))
}
