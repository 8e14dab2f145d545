import type { LogChunk } from '@tiltts/runtime/ports'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logLines } from './log-lines.js'
import { cutAnyhow } from './testing/cut-anyhow.js'

const time = (n: number): string => `2026-01-02T03:04:05.${String(n).padStart(9, '0')}Z`
const frame = (text: string, stream: 'stdout' | 'stderr' = 'stdout'): Buffer => {
  const bytes = Buffer.from(text)
  const header = Buffer.alloc(8)
  header[0] = stream === 'stderr' ? 2 : 1
  header.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([header, bytes])
}
const all = (bytes: readonly Buffer[], terminal = false, since?: string): readonly LogChunk[] => {
  const lines = logLines({ terminal, since })
  const chunks: LogChunk[] = []
  for (const piece of bytes) {
    lines.push(piece)
    chunks.push(...lines.take())
  }
  lines.finish()
  return [...chunks, ...lines.take()]
}
const text = (chunks: readonly LogChunk[]): string => chunks.map((chunk) => chunk.text).join('')

describe('DC-06: the lines of a log', () => {
  it('come together as long as they are of one stream, with the time of the last', () => {
    const frames = [
      frame(`${time(1)} one\n`),
      frame(`${time(2)} two\n`),
      frame(`${time(3)} err\n`, 'stderr'),
      frame(`${time(4)} three\n`),
    ]
    expect(all([Buffer.concat(frames)])).toEqual([
      { text: 'one\ntwo\n', stream: 'stdout', time: time(2) },
      { text: 'err\n', stream: 'stderr', time: time(3) },
      { text: 'three\n', stream: 'stdout', time: time(4) },
    ])
  })

  it('are left out when they are not later, to the nanosecond', () => {
    const frames = [1, 2, 3].map((n) => frame(`${time(n)} ${n}\n`))
    expect(text(all(frames, false, time(2)))).toBe('3\n')
  })

  it('that were cut into parts are whole again, also when the other stream comes between', () => {
    const frames = [
      frame(`${time(1)} ${'x'.repeat(16_384)}`),
      frame(`${time(2)} err\n`, 'stderr'),
      frame(`${time(1)} \u00e4 end\n`),
    ]
    const chunks = all(frames)
    expect(chunks.map(({ stream }) => stream)).toEqual(['stderr', 'stdout'])
    expect(chunks[1]?.text).toBe(`${'x'.repeat(16_384)}\u00e4 end\n`)
    expect(text(all(frames, false, time(1)))).toBe('err\n')
  })

  it('go out in pieces when they never end', () => {
    const part = frame(`${time(1)} ${'x'.repeat(16_384)}`)
    const lines = logLines({ terminal: false, since: undefined })
    for (let turn = 0; turn < 70; turn++) lines.push(part)
    expect(text(lines.take())).toHaveLength(64 * 16_384)
  })

  it('have times that compare, whatever the engine leaves out', () => {
    const frames = ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.5Z', '2026-01-02T05:04:06+02:00'].map((at, index) =>
      frame(`${at} ${index}\n`, index % 2 === 0 ? 'stdout' : 'stderr'),
    )
    expect(all(frames).map((chunk) => chunk.time)).toEqual([
      '2026-01-02T03:04:05.000000000Z',
      '2026-01-02T03:04:05.500000000Z',
      '2026-01-02T03:04:06.000000000Z',
    ])
  })

  it('of a terminal are the same, however the network has cut them', () => {
    const line = fc.record({
      text: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 30 }), fc.constant('y'.repeat(40_000))),
    })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.array(fc.nat(5000)), (written, cuts) => {
        const clean = written.map((one) => one.text.replaceAll('\n', ''))
        const bytes = clean.map((one, index) => {
          const parts = /^y/.test(one) ? (one.match(/.{1,16384}/g) ?? []) : [one]
          return Buffer.from(`${parts.map((part) => `${time(index + 1)} ${part}`).join('')}\n`)
        })
        const chunks = all(cutAnyhow(Buffer.concat(bytes), cuts), true)
        expect(text(chunks)).toBe(clean.map((one) => `${one}\n`).join(''))
        if (clean.length > 0) expect(chunks.at(-1)?.time).toBe(time(clean.length))
      }),
      { numRuns: 40 },
    )
  })
})
