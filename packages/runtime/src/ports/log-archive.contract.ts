import type { LogArchive, LogSegment } from '@tiltts/core/logs'
import { describe, expect, it } from 'vitest'

export interface LogArchiveLimits {
  readonly maxBytes?: number | undefined
  readonly chunkBytes?: number | undefined
}

/** What every place for older log segments does. */
export function logArchiveContract(name: string, make: (limits: LogArchiveLimits) => Promise<LogArchive>): void {
  describe(`${name} as a log archive`, () => {
    it('gives back what was appended, with all its fields, without waiting to be asked to write it', async () => {
      const archive = await make({})
      const segments = [
        segment(0, 2, 'one\ntwo\n'),
        {
          ...segment(2, 1, 'ünï 🦊 \u0000 \u001b[31m\r', 'build:api-1'),
          partial: true as const,
          level: 'warn' as const,
        },
        segment(3, 1, '\n', 'other'),
        { ...segment(4, 1, 'end\n', 'build:api-1'), continues: true as const },
        {
          ...segment(5, 1, 'said\n', 'build:api-1'),
          own: true as const,
          fields: { buildEvent: 'init', progressId: 'p' },
        },
      ]
      archive.append(segments.slice(0, 3))
      archive.append(segments.slice(3))
      expect(await all(archive, 0, 6)).toEqual(segments)
      await archive.close()
    })

    it('is empty at first', async () => {
      const archive = await make({})
      expect(await all(archive, 0, 100)).toEqual([])
      expect(archive.firstSeq()).toBe(0)
      await archive.close()
    })

    it('gives every segment that has a line in the range, and no other', async () => {
      const archive = await make({ chunkBytes: 256 })
      const segments = Array.from({ length: 100 }, (_, n) => segment(n * 3, 3, `a${n}\nb${n}\nc${n}\n`))
      for (const one of segments) archive.append([one])
      expect(await all(archive, 100, 200)).toEqual(segments.slice(33, 67))
      expect(await all(archive, 99, 102)).toEqual(segments.slice(33, 34))
      expect(await all(archive, 300, 400)).toEqual([])
      expect(await all(archive, 50, 50)).toEqual([])
      await archive.close()
    })

    it('drops its oldest chunk beyond the limit, and says which line is the first', async () => {
      const archive = await make({ maxBytes: 64 * 1024, chunkBytes: 8 * 1024 })
      const segments = Array.from({ length: 400 }, (_, n) => segment(n, 1, `${String(n).padEnd(999, '.')}\n`))
      for (const one of segments) {
        archive.append([one])
        if (one.seq % 50 === 0) await all(archive, one.seq, one.seq + 1)
      }
      const first = archive.firstSeq()
      expect(first).toBeGreaterThan(400 - 66)
      expect(first).toBeLessThan(400 - 40)
      expect(await all(archive, 0, 400)).toEqual(segments.slice(first))
      await archive.close()
    })

    it('is read while it grows, up to what was there when the reading began', async () => {
      const archive = await make({ chunkBytes: 512 })
      const segments = Array.from({ length: 200 }, (_, n) => segment(n, 1, `line ${n}\n`))
      archive.append(segments.slice(0, 100))
      const seen: LogSegment[] = []
      let more = 100
      for await (const batch of archive.read(0, 100)) {
        seen.push(...batch)
        archive.append(segments.slice(more, more + 10))
        more += 10
      }
      expect(seen).toEqual(segments.slice(0, 100))
      expect(await all(archive, 0, more)).toEqual(segments.slice(0, more))
      await archive.close()
    })

    it('changes the text of what it holds from a line on, and takes more after that', async () => {
      const archive = await make({ chunkBytes: 128 })
      const segments = Array.from({ length: 60 }, (_, n) => segment(n, 1, `password hunter22 ${n}\n`))
      archive.append(segments.slice(0, 50))
      archive.redact?.(20, (text) => text.replaceAll('hunter22', '[redacted secret db:password]'))
      archive.append(segments.slice(50))
      const texts = (await all(archive, 0, 60)).map((one) => one.text)
      expect(texts.slice(0, 20)).toEqual(segments.slice(0, 20).map((one) => one.text))
      expect(texts.slice(20, 50)).toEqual(
        segments.slice(20, 50).map((one) => `password [redacted secret db:password] ${one.seq}\n`),
      )
      expect(texts.slice(50)).toEqual(segments.slice(50).map((one) => one.text))
      await archive.close()
    })

    it('holds segments larger than a chunk', async () => {
      const archive = await make({ chunkBytes: 1024 })
      const long = { ...segment(0, 1, 'ä'.repeat(3_000_000)), partial: true as const }
      archive.append([long, segment(1, 1, 'next\n')])
      expect(await all(archive, 0, 2)).toEqual([long, segment(1, 1, 'next\n')])
      await archive.close()
    })

    it('can be read after it was closed', async () => {
      const archive = await make({})
      archive.append([segment(0, 1, 'last words\n')])
      await archive.close()
      await archive.close()
      expect(await all(archive, 0, 1)).toEqual([segment(0, 1, 'last words\n')])
    })
  })
}

function segment(seq: number, count: number, text: string, span = 'localserve:api:1'): LogSegment {
  const source = span.startsWith('build:') ? 'build' : 'runtime'
  return { span: { id: span, resource: 'api', source }, seq, count, time: 1_000 + seq, level: 'info', text }
}

async function all(archive: LogArchive, from: number, to: number): Promise<readonly LogSegment[]> {
  const found: LogSegment[] = []
  for await (const batch of archive.read(from, to)) found.push(...batch)
  return found
}
