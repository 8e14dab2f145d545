import type { LogArchive, LogSegment } from '@tiltts/core/logs'

export interface FakeLogArchiveOptions {
  /** The oldest chunk is dropped beyond it, counted in characters of text. @default no limit */
  readonly maxBytes?: number | undefined
  /** Size of a chunk. @default 4096 */
  readonly chunkBytes?: number | undefined
}

export interface FakeLogArchive extends LogArchive {
  /** From now on nothing more can be kept, as on a full disk. */
  fill(): void
}

interface Chunk {
  segments: readonly LogSegment[]
  bytes: number
}

/** A log archive in memory, which answers a turn later as a disk would. */
export function fakeLogArchive(options: FakeLogArchiveOptions = {}): FakeLogArchive {
  const { maxBytes = Number.POSITIVE_INFINITY, chunkBytes = 4096 } = options
  let chunks: readonly Chunk[] = []
  let full = false

  function keep(segment: LogSegment): void {
    let last = chunks.at(-1)
    if (last === undefined || last.bytes >= chunkBytes) {
      last = { segments: [], bytes: 0 }
      chunks = [...chunks, last]
    }
    last.segments = [...last.segments, segment]
    last.bytes += segment.text.length
    while (chunks.length > 1 && chunks.reduce((sum, chunk) => sum + chunk.bytes, 0) > maxBytes) chunks = chunks.slice(1)
  }

  return {
    append(segments) {
      if (!full) for (const segment of segments) keep(segment)
    },
    async *read(from, to) {
      if (from >= to) return
      for (const chunk of chunks) {
        await Promise.resolve()
        if (!chunks.includes(chunk)) continue
        const found = chunk.segments.filter((segment) => segment.seq < to && segment.seq + segment.count > from)
        if (found.length > 0) yield found
      }
    },
    firstSeq: () => chunks[0]?.segments[0]?.seq ?? 0,
    redact(from, change) {
      chunks = chunks.map(({ segments, bytes }) => ({
        bytes,
        segments: segments.map((segment) =>
          segment.seq + segment.count > from ? { ...segment, text: change(segment.text) } : segment,
        ),
      }))
    },
    async close() {},
    fill() {
      full = true
    },
  }
}
