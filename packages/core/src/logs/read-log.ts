import type { SegmentMemory } from './segment-memory.js'
import { dropLines, logFilter, startedLines } from './segments.js'
import type { LogArchive, LogQuery, LogSegment } from './types.js'

/** Where the past is found. */
export interface LogPast {
  readonly memory: SegmentMemory
  readonly archive: LogArchive | undefined
  /** Lines before this number are read. */
  readonly end: number
}

type Batch = readonly LogSegment[]

/** Segments that go out at once, from memory or merged. */
const batchSize = 512
/** So many times the wanted lines are looked at first when the last ones are asked for. */
const firstWindow = 4

/** The session's own span, for what the log says about itself. */
const ownSpan: LogSegment['span'] = { id: 'global', resource: '', source: 'runtime' }

/** All segments that a query asks for, each once, in order. */
export async function* readLog(past: LogPast, query: LogQuery): AsyncGenerator<Batch> {
  const from = Math.max(0, query.fromSeq ?? 0)
  if (query.tail !== undefined) yield* readTail(past, query, from, query.tail)
  else yield* readRange(past, query, from)
}

async function* readTail(past: LogPast, query: LogQuery, from: number, tail: number): AsyncGenerator<Batch> {
  if (tail <= 0) return
  for (let size = Math.max(10_000, tail * firstWindow); ; size *= 8) {
    const start = Math.max(from, past.end - size)
    const found = await lastSegments(readRange(past, query, start), tail)
    if (found.lines < tail && start > from) continue
    if (found.segments.length > 0) yield found.segments
    return
  }
}

/** The end of a stream of segments: as many as hold the last lines, the first one cut to the line. */
async function lastSegments(
  batches: AsyncIterable<Batch>,
  tail: number,
): Promise<{ readonly segments: Batch; readonly lines: number }> {
  let kept: LogSegment[] = []
  let head = 0
  let lines = 0
  for await (const batch of batches) {
    for (const segment of batch) {
      kept.push(segment)
      lines += startedLines(segment)
      for (let first = kept[head]; first !== undefined && lines - startedLines(first) >= tail; first = kept[head]) {
        lines -= startedLines(first)
        head++
      }
    }
    if (head * 2 > kept.length) {
      kept = kept.slice(head)
      head = 0
    }
  }
  kept = kept.slice(head)
  const [first, ...rest] = kept
  if (first === undefined || lines <= tail) return { segments: kept, lines }
  return { segments: [dropLines(first, lines - tail), ...rest], lines: tail }
}

async function* readRange(past: LogPast, query: LogQuery, from: number): AsyncGenerator<Batch> {
  const passes = logFilter(query)
  let out: LogSegment[] = []
  for await (const batch of mergedSegments(past, from, query.resources)) {
    for (const segment of batch) {
      if (!passes(segment)) continue
      out.push(segment.seq < from ? dropLines(segment, from - segment.seq) : segment)
    }
    if (out.length === 0) continue
    yield out
    out = []
  }
}

/** Archive and memory as one, unfiltered; with a line for each gap. */
async function* mergedSegments(
  past: LogPast,
  from: number,
  resources: readonly string[] | undefined,
): AsyncGenerator<Batch> {
  const held = past.memory.snapshot()
  const memory = held.segments.filter((segment) => segment.seq + segment.count > from && segment.seq < past.end)
  const archiveEnd = Math.min(past.end, held.heldFromOf(resources))
  let next = 0
  const memoryBefore = (seq: number): Batch => {
    const start = next
    while ((memory[next]?.seq ?? seq) < seq) next++
    return memory.slice(start, next)
  }
  if (from < archiveEnd) {
    let expected = from
    for await (const batch of past.archive?.read(from, archiveEnd) ?? []) {
      const merged: LogSegment[] = []
      for (const segment of batch) {
        if (segment.seq >= archiveEnd) break
        const gap = gapLine(past, memory, expected, segment.seq, segment.time)
        merged.push(...inOrder(gap, memoryBefore(segment.seq)))
        if (segment.seq < held.heldFrom(segment.span.resource)) merged.push(segment)
        expected = segment.seq + segment.count
      }
      yield merged
    }
    const gap = gapLine(past, memory, expected, archiveEnd, memory[next]?.time)
    yield inOrder(gap, memoryBefore(archiveEnd))
  }
  for (; next < memory.length; next += batchSize) yield memory.slice(next, next + batchSize)
}

function inOrder(gap: Batch, memory: Batch): Batch {
  return gap.length === 0 ? memory : [...gap, ...memory].sort((a, b) => a.seq - b.seq)
}

/** A line in the place of those in [from, to) that neither the archive nor the memory has any more. */
function gapLine(past: LogPast, memory: Batch, from: number, to: number, time: number | undefined): Batch {
  if (from >= to) return []
  let missing = to - from
  let first = from
  for (const segment of memory) {
    const end = segment.seq + segment.count
    if (segment.seq >= to) break
    if (end <= from) continue
    missing -= Math.min(to, end) - Math.max(from, segment.seq)
    if (segment.seq <= first) first = end
  }
  if (missing <= 0) return []
  const lines = missing === 1 ? '1 line is' : `${missing} lines are`
  const tooOld = past.archive === undefined || from < past.archive.firstSeq()
  const why = tooOld ? 'the oldest were dropped to keep the log within its limit' : 'they could not be kept on disk'
  const text = `${lines} missing here: ${why}\n`
  return [
    { span: ownSpan, seq: first, count: 1, time: time ?? 0, level: 'warn', text, own: true, fields: { gap: true } },
  ]
}
