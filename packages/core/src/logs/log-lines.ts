import type { LogLine } from '@tiltts/spec'
import type { LogSegment } from './types.js'

/**
 * Segments as single lines. Pieces of one long line are put together as far as they are there; the line has the number
 * of the first of them.
 */
export function logLines(segments: Iterable<LogSegment>): readonly LogLine[] {
  const lines: LogLine[] = []
  /** Where the line of a span is that is not complete yet. */
  const open = new Map<string, number>()
  for (const segment of segments) {
    const { id } = segment.span
    const at = segment.continues ? open.get(id) : undefined
    const begun = at === undefined ? undefined : lines[at]
    if (at !== undefined && begun !== undefined) lines[at] = joined(begun, segment)
    else for (const [index, message] of messages(segment).entries()) lines.push(lineOf(segment, index, message))
    if (!segment.partial) open.delete(id)
    else if (begun === undefined) open.set(id, lines.length - 1)
  }
  return lines
}

function messages(segment: LogSegment): readonly string[] {
  return (segment.text.endsWith('\n') ? segment.text.slice(0, -1) : segment.text).split('\n')
}

function joined(line: LogLine, segment: LogSegment): LogLine {
  const { partial: _notComplete, ...rest } = line
  return { ...rest, message: line.message + messages(segment).join(''), ...(segment.partial && { partial: true }) }
}

function lineOf(segment: LogSegment, index: number, message: string): LogLine {
  const { span, seq, time, level } = segment
  return {
    seq: seq + index,
    time,
    resource: span.resource,
    level,
    message,
    spanId: span.id,
    source: span.source,
    ...(segment.own && index === 0 && { own: true }),
    ...segment.fields,
    ...(segment.partial && { partial: true }),
    ...(segment.continues && { continues: true }),
  }
}
