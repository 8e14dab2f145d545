import type { LogLevel } from '@tiltts/spec'
import type { LogQuery, LogSegment } from './types.js'

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, verbose: 1, info: 2, warn: 3, error: 4 }

/** How many line ends a text holds. */
export function countLineEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** Lines that begin in the segment: a piece that goes on with an earlier one begins none. */
export function startedLines(segment: LogSegment): number {
  return segment.continues ? segment.count - 1 : segment.count
}

/** Whether a segment passes the filters of a query (its range and tail left aside). */
export function logFilter(
  query: Pick<LogQuery, 'resources' | 'source' | 'minLevel' | 'since'>,
): (segment: LogSegment) => boolean {
  const resources = query.resources === undefined ? undefined : new Set(query.resources)
  const source = query.source === 'all' ? undefined : query.source
  const minRank = query.minLevel === undefined ? 0 : ranks[query.minLevel]
  const since = query.since ?? Number.NEGATIVE_INFINITY
  return (segment) => {
    if (segment.time < since) return false
    if (segment.fields?.gap) return true
    if (resources !== undefined && !resources.has(segment.span.resource)) return false
    // The head of an update says what the lines that do pass belong to.
    if (segment.fields?.buildEvent !== undefined) return true
    return (source === undefined || segment.span.source === source) && ranks[segment.level] >= minRank
  }
}

/** The segment without its first lines. At least one line must remain. */
export function dropLines(segment: LogSegment, lines: number): LogSegment {
  if (lines <= 0) return segment
  let at = 0
  for (let n = 0; n < lines; n++) at = segment.text.indexOf('\n', at) + 1
  const { own: _begin, ...rest } = segment
  return { ...rest, seq: segment.seq + lines, count: segment.count - lines, text: segment.text.slice(at) }
}
