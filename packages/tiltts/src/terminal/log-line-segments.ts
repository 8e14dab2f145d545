import type { LogSegment, LogSpan } from '@tiltts/core/logs'
import type { LogLine } from '@tiltts/spec'

/** Lines as they come over the wire, as segments again: neighbours that belong together in one. */
export function lineSegments(lines: readonly LogLine[]): readonly LogSegment[] {
  const segments: LogSegment[] = []
  let group: LogLine[] = []
  const close = (): void => {
    if (group.length > 0) segments.push(segmentOf(group))
    group = []
  }
  for (const line of lines) {
    const last = group.at(-1)
    if (last !== undefined && !belongsTo(last, line)) close()
    group.push(line)
  }
  close()
  return segments
}

function belongsTo(last: LogLine, line: LogLine): boolean {
  return (
    line.spanId === last.spanId &&
    line.level === last.level &&
    line.time === last.time &&
    line.seq === last.seq + 1 &&
    line.buildEvent === last.buildEvent &&
    line.progressId === last.progressId &&
    line.mustPrint === last.mustPrint &&
    line.gap === last.gap &&
    !line.own &&
    !line.partial &&
    !line.continues &&
    !last.partial &&
    !last.continues
  )
}

function segmentOf(lines: readonly LogLine[]): LogSegment {
  const [first] = lines
  if (first === undefined) throw new RangeError('a segment has a line at least')
  const { spanId, resource, source, seq, time, level, own, partial, continues } = first
  const { buildEvent, progressId, mustPrint, gap } = first
  const span: LogSpan = { id: spanId, resource, source }
  const text = lines.map((line) => line.message).join('\n') + (partial ? '' : '\n')
  const fields = { buildEvent, progressId, mustPrint, gap }
  return { span, seq, count: lines.length, time, level, text, own, partial, continues, fields }
}
