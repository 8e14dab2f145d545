const FIRST_MS = 200
const LONGEST_MS = 5000

/**
 * Milliseconds until the next try: soon at first, so that a short absence costs little, and not all watches at once.
 *
 * @param failures in a row, 1 at the first
 * @param random 0 to 1
 */
export function backoffMs(failures: number, random: number): number {
  return spread(Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)), random)
}

/** Up to a fifth less or more. */
export function spread(ms: number, random: number): number {
  return Math.round(ms * (0.8 + 0.4 * random))
}
