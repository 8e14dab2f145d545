import type { LogFields, LogSegment, LogSpan } from '@tiltts/core/logs'
import type { LogLevel, LogSource } from '@tiltts/spec'

/*
 * A chunk file is a row of records. Each is one line of JSON that says what follows and how many bytes it has,
 * and then the text as it is, so that people can read and search the files.
 */

interface Head {
  readonly span: string
  readonly resource: string
  readonly source: LogSource
  readonly seq: number
  readonly count: number
  readonly time: number
  readonly level: LogLevel
  readonly bytes: number
  readonly partial?: true
  readonly continues?: true
  readonly own?: true
  readonly fields?: LogFields
}

/** The head line of a segment's record; its text follows. */
export function recordHead(segment: LogSegment, bytes: number): string {
  const { span, text: _text, ...rest } = segment
  const head = { span: span.id, resource: span.resource, source: span.source, ...rest, bytes }
  return `${JSON.stringify(head)}\n`
}

/**
 * Segments of a chunk with lines in [from, to). Reading ends at a record that is not whole: the disk was full, or the
 * machine went down.
 */
export function readRecords(chunk: Buffer, from: number, to: number): readonly LogSegment[] {
  const segments: LogSegment[] = []
  const spans = new Map<string, LogSpan>()
  let at = 0
  while (at < chunk.length) {
    const headEnd = chunk.indexOf(0x0a, at)
    const head = headEnd < 0 ? undefined : parseHead(chunk.toString('utf8', at, headEnd))
    if (head === undefined) break
    const start = headEnd + 1
    at = start + head.bytes
    if (at > chunk.length || head.seq >= to) break
    if (head.seq + head.count <= from) continue
    let span = spans.get(head.span)
    if (span === undefined) {
      span = { id: head.span, resource: head.resource, source: head.source }
      spans.set(head.span, span)
    }
    const { span: _id, resource: _resource, source: _source, bytes: _bytes, ...rest } = head
    segments.push({ ...rest, span, text: chunk.toString('utf8', start, at) })
  }
  return segments
}

function parseHead(line: string): Head | undefined {
  try {
    const head: Head = JSON.parse(line)
    return typeof head?.bytes === 'number' ? head : undefined
  } catch {
    return undefined
  }
}
