import { type Millis, toApiTime } from '@tiltts/spec'

/** A time as logs carry it, with nanoseconds, so that texts of times can be compared. */
export function engineTime(ms: Millis): string {
  return toApiTime(ms).replace('Z', '000Z')
}
