import type { LogSegment } from './types.js'

/** What a segment costs beside its text: the object, its place in lists, the head of the string. */
const overhead = 200

/** The newest segments, in a bounded amount of memory that resources share fairly. */
export interface SegmentMemory {
  add(segment: LogSegment): void
  /** All that is held, by number, and from which line on each resource is held without a gap. */
  snapshot(): MemorySnapshot
  /** Segments of a resource, the newest first. */
  newest(resource: string): Iterable<LogSegment>
  /** Number of the oldest line held, if any. */
  firstSeq(): number | undefined
  /** Changes the text of segments with lines from `fromSeq` on. */
  redact(fromSeq: number, change: (text: string) => string): void
}

export interface MemorySnapshot {
  readonly segments: readonly LogSegment[]
  /** All lines of the resource with this number or a higher one are among the segments. */
  heldFrom(resource: string): number
  /** The highest `heldFrom` of these resources, or of all. */
  heldFromOf(resources: readonly string[] | undefined): number
}

interface Share {
  /** Dropped ones are `undefined` until enough of them are cut off at once. */
  segments: (LogSegment | undefined)[]
  /** Index of the oldest that is still held. */
  head: number
  bytes: number
  heldFrom: number
}

/**
 * When the limit is reached, the resource that holds most gives up its oldest segments. So one that holds less than
 * an equal share loses nothing, however much the others say. Sizes are counted in UTF-16 units: text outside Latin-1
 * takes up to twice as much.
 */
export function createSegmentMemory(maxBytes: number): SegmentMemory {
  const shares = new Map<string, Share>()
  let bytes = 0

  function evict(): void {
    // Somewhat more than needed, so that finding the largest share is paid for by many segments.
    const goal = maxBytes - maxBytes / 16
    while (bytes > goal) {
      const [largest, second] = twoLargest(shares.values())
      if (largest === undefined) return
      const equal = second?.bytes ?? 0
      do bytes -= dropOldest(largest)
      while (bytes > goal && largest.bytes > equal && largest.head < largest.segments.length)
    }
  }

  return {
    add(segment) {
      let share = shares.get(segment.span.resource)
      if (share === undefined) {
        share = { segments: [], head: 0, bytes: 0, heldFrom: 0 }
        shares.set(segment.span.resource, share)
      }
      share.segments.push(segment)
      const size = sizeOf(segment)
      share.bytes += size
      bytes += size
      if (bytes > maxBytes) evict()
    },
    snapshot() {
      const segments = [...shares.values()].flatMap(held)
      segments.sort((a, b) => a.seq - b.seq)
      const heldFrom = new Map([...shares].map(([resource, share]) => [resource, share.heldFrom] as const))
      return {
        segments,
        heldFrom: (resource) => heldFrom.get(resource) ?? 0,
        heldFromOf: (resources) => Math.max(0, ...[...(resources ?? heldFrom.keys())].map((r) => heldFrom.get(r) ?? 0)),
      }
    },
    *newest(resource) {
      const share = shares.get(resource)
      if (share === undefined) return
      for (let at = share.segments.length - 1; at >= share.head; at--) {
        const segment = share.segments[at]
        if (segment !== undefined) yield segment
      }
    },
    firstSeq() {
      let first: number | undefined
      for (const share of shares.values()) {
        const seq = share.segments[share.head]?.seq
        if (seq !== undefined && (first === undefined || seq < first)) first = seq
      }
      return first
    },
    redact(fromSeq, change) {
      for (const share of shares.values()) {
        for (const [at, segment] of share.segments.entries()) {
          if (segment === undefined || segment.seq + segment.count <= fromSeq) continue
          const text = change(segment.text)
          if (text === segment.text) continue
          share.segments[at] = { ...segment, text }
          share.bytes += text.length - segment.text.length
          bytes += text.length - segment.text.length
        }
      }
      if (bytes > maxBytes) evict()
    },
  }
}

function held(share: Share): readonly LogSegment[] {
  return share.segments.filter((segment) => segment !== undefined)
}

function sizeOf(segment: LogSegment): number {
  return segment.text.length + overhead
}

function twoLargest(shares: Iterable<Share>): readonly [Share | undefined, Share | undefined] {
  let largest: Share | undefined
  let second: Share | undefined
  for (const share of shares) {
    if (largest === undefined || share.bytes > largest.bytes) {
      second = largest
      largest = share
    } else if (second === undefined || share.bytes > second.bytes) second = share
  }
  return [largest, second]
}

/** Returns the bytes gained. */
function dropOldest(share: Share): number {
  const segment = share.segments[share.head]
  if (segment === undefined) return 0
  share.heldFrom = segment.seq + segment.count
  share.segments[share.head] = undefined
  share.head++
  const size = sizeOf(segment)
  share.bytes -= size
  if (share.head > 256 && share.head * 2 > share.segments.length) {
    share.segments = share.segments.slice(share.head)
    share.head = 0
  }
  return size
}
