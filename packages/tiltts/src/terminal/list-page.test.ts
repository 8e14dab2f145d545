import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type ListPage, listPage, roomFor } from './list-page.js'
import type { Row } from './row.js'

const row = (name: string, more: Partial<Row> = {}): Row => ({
  name,
  state: 'ready',
  detail: '',
  durationMs: 1200,
  ...more,
})
const page = (more: Partial<ListPage>): ListPage => ({
  rows: [],
  selected: 0,
  scroll: 0,
  problems: '',
  title: 'tiltts',
  notice: '',
  ...more,
})
const shown = (more: Partial<ListPage>, columns = 70, lines = 12): readonly string[] =>
  listPage(page(more), { columns, lines }).map((line) => stripVTControlCharacters(line).trimEnd())

describe('the page of resources', () => {
  it('shows a row a resource, and fills the screen to the line', () => {
    const rows = [
      row('db'),
      row('api', { state: 'waiting', detail: 'waiting for db (not ready)', durationMs: undefined }),
      row('job', { state: 'failed', detail: 'exit code 1' }),
    ]
    expect(shown({ rows, selected: 1 })).toMatchInlineSnapshot(`
      [
        "tiltts",
        "",
        "  ● db        ready    1.2s",
        "› … api       waiting          waiting for db (not ready)",
        "  ✗ job       failed   1.2s    exit code 1",
        "",
        "",
        "",
        "",
        "",
        "1 ready  1 on the way  1 failed",
        "↑↓ select  ⏎ log  a all logs  t trigger  s stop  q quit  ␣ page  b li…",
      ]
    `)
  })

  it('never writes wider than the screen, whatever a resource says', () => {
    const rows = [
      row('x'.repeat(60), { state: 'failed', detail: `${'wide 漢字 '.repeat(20)}\nsecond line\t\x1b[31mred` }),
    ]
    for (const columns of [40, 57, 80]) {
      for (const line of shown({ rows, title: 't'.repeat(200), notice: 'n'.repeat(200) }, columns).slice(0, -2))
        expect(line.length).toBeLessThanOrEqual(columns)
    }
  })

  it('scrolls, and leaves half the screen to complaints about the config', () => {
    const rows = Array.from({ length: 500 }, (_, i) => row(`r${i}`))
    const problems = Array.from({ length: 100 }, (_, i) => `problem ${i}`).join('\n')
    const lines = shown({ rows, scroll: 300, selected: 301, problems }, 70, 20)
    expect(lines).toHaveLength(20)
    expect(lines).toContain('problem 0')
    expect(lines).toContain('… 91 more lines')
    expect(lines.filter((line) => /r\d+/.test(line))[0]).toContain('r300')
    expect(lines.filter((line) => / r\d+ /.test(line))).toHaveLength(
      roomFor({ problems, title: 'tiltts' }, { columns: 70, lines: 20 }),
    )
  })

  it('leaves a title its second line, where a long address stands', () => {
    const title = 'tiltts 1.2.3\nhttp://10.0.0.7:10350/?token=t'
    const rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => row(name))
    const lines = shown({ title, rows }, 70, 10)
    expect(lines.slice(0, 2)).toEqual(title.split('\n'))
    expect(lines).toHaveLength(10)
    const visible = lines.filter((line) => line.includes('ready    ')).length
    expect(visible).toBe(roomFor({ problems: '', title }, { columns: 70, lines: 10 }))
  })
})
