import { describe, expect, it } from 'vitest'
import { logLines } from './log-lines.js'
import type { LogSegment } from './types.js'

const segment = (seq: number, text: string, more: Partial<LogSegment> = {}): LogSegment => ({
  span: { id: 's', resource: 'api', source: 'build' },
  seq,
  count: Math.max(1, text.split('\n').length - 1),
  time: 5,
  level: 'info',
  text,
  ...more,
})

describe('segments as lines', () => {
  it('numbers the lines and keeps empty ones', () => {
    expect(logLines([segment(7, 'a\n\nb\n')]).map((line) => [line.seq, line.message])).toEqual([
      [7, 'a'],
      [8, ''],
      [9, 'b'],
    ])
  })

  it('puts the pieces of a long line together, also with others between them', () => {
    const other = { id: 'o', resource: 'web', source: 'runtime' } as const
    const lines = logLines([
      segment(0, 'one ', { partial: true }),
      segment(1, 'between\n', { span: other }),
      segment(2, 'line ', { partial: true, continues: true }),
      segment(3, 'only\n', { continues: true }),
      segment(4, 'next\n'),
    ])
    expect(lines.map((line) => [line.seq, line.message])).toEqual([
      [0, 'one line only'],
      [1, 'between'],
      [4, 'next'],
    ])
    expect(lines.some((line) => line.partial || line.continues)).toBe(false)
  })

  it('says what is a piece when the others are not there', () => {
    const lines = logLines([segment(0, 'end of one\n', { continues: true }), segment(1, 'begin', { partial: true })])
    expect(lines.map(({ message, partial, continues }) => ({ message, partial, continues }))).toEqual([
      { message: 'end of one', continues: true },
      { message: 'begin', partial: true },
    ])
  })

  it('carries whose message it is and the fields', () => {
    const [first, second] = logLines([
      segment(0, 'a\nb\n', { own: true, fields: { buildEvent: 'init', progressId: 'p' } }),
    ])
    expect(first).toMatchObject({ own: true, buildEvent: 'init', progressId: 'p' })
    expect(second).not.toHaveProperty('own')
  })
})
