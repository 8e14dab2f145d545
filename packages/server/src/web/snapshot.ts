import type { LogSegment } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { type ApiTime, type Millis, toApiTime } from '@tiltts/spec'
import { countedLines } from './log-list.js'
import { type View, viewWithLog } from './view.js'

/** What a snapshot file holds. */
export interface Snapshot {
  readonly view: View
  readonly createdAt: ApiTime
}

/**
 * A session as it stands, in the form of Tilt's snapshot files.
 *
 * @param segments - of its log, oldest first
 * @param now - milliseconds since the epoch
 */
export function snapshotOf(store: ObjectStore, segments: readonly LogSegment[], now: Millis): Snapshot {
  const lines = countedLines(segments)
  return { view: viewWithLog(store, lines, lines.length), createdAt: toApiTime(now) }
}
