import { describe, expect, it } from 'vitest'
import { type Cut, createLineCutter, type LineCutter } from './line-cutter.js'

function recorder(maxLength = 1000): {
  readonly cutter: LineCutter
  readonly cuts: Cut[]
  readonly texts: () => string[]
} {
  const cuts: Cut[] = []
  const cutter = createLineCutter({
    maxLength,
    scrub: (text) => text,
    safeEnd: (text) => text.length,
    emit: (cut) => cuts.push(cut),
  })
  return { cutter, cuts, texts: () => cuts.map((cut) => cut.text) }
}

describe('cutting output into lines', () => {
  it('gives the whole lines of a chunk at once and keeps the rest', () => {
    const { cutter, texts } = recorder()
    cutter.push('one\ntwo\nth')
    expect(texts()).toEqual(['one\ntwo\n'])
    cutter.push('r')
    cutter.push('ee\nfour')
    expect(texts()).toEqual(['one\ntwo\n', 'three\n'])
    cutter.end()
    cutter.end()
    expect(texts()).toEqual(['one\ntwo\n', 'three\n', 'four\n'])
  })

  it('makes Windows line ends plain, also when they come in two chunks, and keeps a lone carriage return', () => {
    const { cutter, texts } = recorder()
    cutter.push('one\r\ntwo\r')
    cutter.push('\n10%\r20%\r\r\nlast\r')
    cutter.end()
    expect(texts().join('')).toBe('one\ntwo\n10%\r20%\nlast\n')
  })

  it('keeps empty lines, nothing more', () => {
    const { cutter, texts } = recorder()
    cutter.push('')
    cutter.push('\n\n')
    cutter.push('')
    cutter.end()
    expect(texts()).toEqual(['\n\n'])
  })

  it('lets a line that is too long go in pieces as it comes, and holds no more than one piece of it', () => {
    const { cutter, cuts } = recorder(100)
    for (let n = 0; n < 25; n++) cutter.push('x'.repeat(10))
    expect(cuts.map((cut) => [cut.text.length, cut.partial, cut.continues])).toEqual([
      [100, true, false],
      [10, true, true],
      [100, true, true],
      [10, true, true],
    ])
    cutter.push('end\nnext\n')
    expect(cuts.slice(4)).toEqual([
      { text: `${'x'.repeat(30)}end\n`, partial: false, continues: true },
      { text: 'next\n', partial: false, continues: false },
    ])
  })

  it('ends a line whose last piece is gone already', () => {
    const { cutter, cuts } = recorder(10)
    cutter.push('x'.repeat(20))
    cutter.end()
    expect(cuts.at(-1)).toEqual({ text: '\n', partial: false, continues: true })
  })

  it('divides a chunk that is too large between its lines', () => {
    const { cutter, texts } = recorder(10)
    cutter.push('one\ntwo\nthree\nfour\na line that is too long\nfive\n')
    expect(texts()).toEqual(['one\ntwo\n', 'three\n', 'four\n', 'a line tha', 't is too l', 'ong\n', 'five\n'])
  })

  it('takes a very long line in one go in time proportional to it', () => {
    const { cutter, cuts } = recorder(1024)
    const start = performance.now()
    cutter.push(`${'x'.repeat(32 * 1024 * 1024)}\nnext\n`)
    expect(performance.now() - start).toBeLessThan(10_000)
    expect(cuts.reduce((sum, cut) => sum + cut.text.length, 0)).toBe(32 * 1024 * 1024 + 6)
  })
})
