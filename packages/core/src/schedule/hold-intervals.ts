import { type Hold, type HoldInterval, type Millis, toApiTime } from '@tiltts/spec'

/** Beyond this, holds of one reason share an interval, so that a long wait does not grow without end. */
const maxIntervals = 20

/** Notes what an update waits for from now on; `undefined`: nothing more. The same as before changes nothing. */
export function recordHold(
  intervals: readonly HoldInterval[],
  hold: Hold | undefined,
  at: Millis,
): readonly HoldInterval[] {
  const last = intervals.at(-1)
  const open = last !== undefined && last.to === undefined ? last : undefined
  if (hold === undefined && open === undefined) return intervals
  if (hold !== undefined && open !== undefined && isSameHold(open, hold)) return intervals
  if (hold !== undefined && open?.reason === hold.reason && intervals.length >= maxIntervals)
    return intervals.with(-1, { ...hold, from: open.from })

  const closed = open === undefined ? intervals : intervals.with(-1, { ...open, to: toApiTime(at) })
  return hold === undefined ? closed : [...closed, { ...hold, from: toApiTime(at) }]
}

/** Whether two holds say the same. */
export function isSameHold(a: Hold, b: Hold): boolean {
  if (a.reason !== b.reason || a.message !== b.message || a.on.length !== b.on.length) return false
  return a.on.every((ref, index) => ref.kind === b.on[index]?.kind && ref.name === b.on[index]?.name)
}
