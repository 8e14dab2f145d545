import type { LogSegment } from '@tiltts/core/logs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countedLines, type LogList, logList } from './log-list.js'

const span = { id: 'api', resource: 'api', source: 'runtime' } as const

/** Segments of one to four lines each, and how many lines they are. */
function segments(counts: readonly number[]): readonly LogSegment[] {
  let seq = 0
  return counts.map((count) => {
    const text = Array.from({ length: count }, (_, i) => `line ${seq + i}\n`).join('')
    const segment: LogSegment = { span, seq, count, time: 0, level: 'info', text }
    seq += count
    return segment
  })
}

/** What a client of Tilt does with each list. */
function client(): { take(list: LogList): void; readonly lines: readonly string[] } {
  const lines: string[] = []
  let watermark = 0
  return {
    lines,
    take({ fromCheckpoint: from = 0, toCheckpoint: to = 0, segments: got = [] }) {
      if (to <= 0) return
      lines.push(...got.slice(Math.max(0, watermark - from)).map(({ text }) => text))
      watermark = to
    },
  }
}

describe('lines and their checkpoints', () => {
  it('API-77: a client that drops what its watermark covers has each line once, however lists overlap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.nat({ max: 10 }),
        (counts, cuts, forgotten) => {
          const all = segments(counts)
          const every = countedLines(all).map(({ message }) => `${message}\n`)
          const seen = client()
          let end = 0
          for (const cut of [...cuts, counts.length]) {
            // A reconnect: everything up to there again, but for what the server has forgotten of the client's past.
            const upTo = all.slice(0, Math.max(cut % (counts.length + 1), 0))
            const newest = upTo.at(-1)
            if (newest === undefined || newest.seq + newest.count < end) continue
            const lines = countedLines(upTo).slice(Math.min(forgotten, end))
            end = newest.seq + newest.count
            seen.take(logList(lines, end))
          }
          expect(seen.lines).toEqual(every.slice(0, end))
        },
      ),
    )
  })
})
