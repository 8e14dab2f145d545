import type { LogSegment } from '@tiltts/core/logs'

/** A display that goes on is shown again after this time, and then after twice as long each time, in milliseconds. */
const firstWait = 5_000

interface Shown {
  wait: number
  next: number
}

/** Whether a segment is to be shown: of a progress display only some are, of anything else all. */
export function createProgressFilter(): (segment: LogSegment) => boolean {
  const displays = new Map<string, Shown>()
  return ({ fields, span, time }) => {
    if (fields?.progressId === undefined || fields.mustPrint) return true
    const key = `${span.id}\n${fields.progressId}`
    const shown = displays.get(key)
    if (shown === undefined) {
      displays.set(key, { wait: firstWait, next: time + firstWait })
      return true
    }
    if (time < shown.next) return false
    shown.wait *= 2
    shown.next = time + shown.wait
    return true
  }
}
