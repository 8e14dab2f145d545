import type { LogStore } from '@tiltts/core/logs'
import type { LogLine } from '@tiltts/spec'

/** So many lines of one resource are looked at. */
const maxLines = 5_000
/** What a line costs beside its text. */
const overhead = 100

/**
 * The newest lines of these resources, in order: together at most so many UTF-16 units, which they share fairly.
 * One that says less than its share loses nothing, however much the others say.
 */
export function recentLines(logs: LogStore, resources: readonly string[], maxSize: number): readonly LogLine[] {
  const all = resources.map((name) => {
    const lines = logs.tail(name, maxLines)
    return { lines, size: lines.reduce((sum, line) => sum + sizeOf(line), 0) }
  })
  let left = maxSize
  const kept = all
    .toSorted((a, b) => a.size - b.size)
    .flatMap(({ lines, size }, index) => {
      const share = Math.floor(left / (all.length - index))
      left -= Math.min(size, share)
      return size <= share ? lines : newest(lines, share)
    })
  return kept.toSorted((a, b) => a.seq - b.seq)
}

function newest(lines: readonly LogLine[], maxSize: number): readonly LogLine[] {
  let size = 0
  const start = lines.findLastIndex((line) => {
    size += sizeOf(line)
    return size > maxSize
  })
  return lines.slice(start + 1)
}

const sizeOf = (line: LogLine): number => line.message.length + overhead
