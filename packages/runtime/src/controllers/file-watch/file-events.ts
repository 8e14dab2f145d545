import { type FileWatchStatus, type Millis, toApiTime } from '@tiltts/spec'

/** So many events are kept, for clients to look at. Readers go by sequence and miss none. */
const keptEvents = 20

/** The watch works from now on. */
export function watchOpened(status: FileWatchStatus, at: Millis): FileWatchStatus {
  return { ...status, monitorStartTime: toApiTime(at), error: undefined }
}

/**
 * Files changed. What was wrong before is over: the watch has just shown that it works.
 *
 * @param at when the last of them changed, in milliseconds since the epoch
 */
export function filesSeen(status: FileWatchStatus, paths: readonly string[], at: Millis): FileWatchStatus {
  const time = toApiTime(at)
  const sequence = (status.fileEvents.at(-1)?.sequence ?? 0) + 1
  const event = { time, seenFiles: paths.toSorted(), sequence }
  return {
    ...status,
    lastEventTime: time,
    fileEvents: [...status.fileEvents, event].slice(-keptEvents),
    error: undefined,
  }
}

/** The watch does not work as it should. */
export function watchTroubled(status: FileWatchStatus, message: string): FileWatchStatus {
  return { ...status, error: message }
}
