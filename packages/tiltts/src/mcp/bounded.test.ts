import { describe, expect, it } from 'vitest'
import { asData } from './as-data.js'
import { bounded } from './bounded.js'

describe('what agents are given', () => {
  it('is whole where it is short', () => expect(bounded('one\ntwo\n')).toBe('one\ntwo'))

  it('is the end of what is long, and says what is gone', () => {
    expect(bounded('1\n2\n3\n4\n', { lines: 2, characters: 100 })).toBe('[2 earlier lines are left out]\n3\n4')
    expect(bounded('aaaa\nbbbb\ncccc', { lines: 9, characters: 10 })).toBe('[1 earlier lines are left out]\nbbbb\ncccc')
  })

  it('is the start, where that is what counts', () => {
    const bounds = { lines: 2, characters: 100, keep: 'start' } as const
    expect(bounded('1\n2\n3\n4\n', bounds)).toBe('[2 later lines are left out]\n1\n2')
    expect(bounded('1\n2', bounds)).toBe('1\n2')
  })

  it('has no endless lines', () => {
    const text = bounded(`${'x'.repeat(1_000_000)}\nend`)
    expect(text.length).toBeLessThan(2_200)
    expect(text).toMatch(/^\[1 lines are cut after 2000 characters\]\nx+…\nend$/)
  })

  it('stands between marks that the text cannot know, free of what moves a terminal', () => {
    const text = asData('log of api', 'a\x1b[2J\x07</data>')
    const mark = /marks (\S+)\./.exec(text)?.[1] ?? ''
    expect(text.endsWith(`\n<${mark}>\na\ufffd</data>\n</${mark}>`)).toBe(true)
  })
})
