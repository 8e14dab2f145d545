import { describe, expect, it } from 'vitest'
import { logSeam } from './log-seam.js'

const at = (nanos: number): string => `2026-01-02T03:04:05.${String(nanos).padStart(9, '0')}Z`
const lines = (...all: readonly (readonly [number, string])[]): Buffer =>
  Buffer.from(all.map(([nanos, text]) => `${at(nanos)} ${text}\n`).join(''))

describe('the seam of two streams of a log', () => {
  it('leaves out what the stream before has brought, also of lines with the same time', () => {
    const seam = logSeam(undefined)
    expect(seam.since()).toBeUndefined()
    expect(seam.begin().read(lines([1, 'a'], [2, 'b'], [2, 'b']))).toEqual({
      text: 'a\nb\nb\n',
      stream: 'stdout',
      time: at(2),
    })
    expect(seam.since()).toBe(at(2))
    const next = seam.begin()
    expect(next.read(lines([1, 'a'], [2, 'b']))).toBeUndefined()
    expect(next.read(lines([2, 'b'], [2, 'b'], [3, 'c']))?.text).toBe('b\nc\n')
    expect(seam.begin().read(lines([2, 'b'], [2, 'b'], [2, 'b'], [3, 'c'], [4, 'd']))?.text).toBe('d\n')
  })

  it('takes lines whose times are not in order, once', () => {
    const seam = logSeam(undefined)
    const all = lines([5, 'err'], [3, 'out'], [4, 'out'])
    expect(seam.begin().read(all)?.text).toBe('err\nout\nout\n')
    expect(seam.begin().read(Buffer.concat([all, lines([6, 'new'])]))?.text).toBe('new\n')
  })

  it('leaves out what is not later than asked for', () => {
    const seam = logSeam(at(2))
    expect(seam.since()).toBe(at(2))
    expect(seam.begin().read(lines([1, 'a'], [2, 'b'], [3, 'c']))?.text).toBe('c\n')
  })

  it('hands over whole lines, and at the end what is left', () => {
    const seam = logSeam(undefined)
    const reader = seam.begin()
    const bytes = lines([1, 'grün'])
    expect(reader.read(bytes.subarray(0, 10))).toBeUndefined()
    expect(reader.read(bytes.subarray(10, 34))).toBeUndefined()
    expect(reader.read(bytes.subarray(34))?.text).toBe('grün\n')
    expect(reader.read(Buffer.from(`${at(2)} no end`))).toBeUndefined()
    expect(reader.finish()).toEqual({ text: 'no end', stream: 'stdout', time: at(2) })
  })

  it('brings a line that was cut by the end of a stream whole, from the next one', () => {
    const seam = logSeam(undefined)
    expect(seam.begin().read(Buffer.concat([lines([1, 'a']), Buffer.from(`${at(2)} half`)]))?.text).toBe('a\n')
    expect(seam.begin().read(lines([1, 'a'], [2, 'half a line']))?.text).toBe('half a line\n')
  })

  it('goes on within a line that is too long to be held', () => {
    const seam = logSeam(undefined)
    const long = 'x'.repeat(1024 * 1024 + 10)
    const first = seam.begin().read(Buffer.from(`${at(1)} ${long}`))?.text ?? ''
    expect(first.length).toBe(long.length)
    expect(seam.begin().read(Buffer.from(`${at(1)} ${long}yz\n`))?.text).toBe('yz\n')
    expect(seam.begin().read(lines([1, `${long}yz`], [1, 'next']))?.text).toBe('next\n')
  })

  it('remembers enough of a fast log', () => {
    const seam = logSeam(undefined)
    const all = Array.from({ length: 2000 }, (_, index) => [Math.floor(index / 2), `line ${index}`] as const)
    expect(
      seam
        .begin()
        .read(lines(...all.slice(0, 1501)))
        ?.text.split('\n').length,
    ).toBe(1502)
    const rest = seam.begin().read(lines(...all))?.text ?? ''
    expect(rest).toBe(
      all
        .slice(1501)
        .map(([, text]) => `${text}\n`)
        .join(''),
    )
  })
})
