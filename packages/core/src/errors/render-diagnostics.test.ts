import type { Diagnostic, Place } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { placeText, type RenderOptions, renderDiagnostics } from './render-diagnostics.js'

function place(source: string, line: number, column: number, file = '/home/me/shop/tilt.config.ts'): Place {
  return { file, line, column, excerpt: { firstLine: 1, lines: source.split('\n') } }
}

function unknown(...places: Place[]): Diagnostic {
  return { code: 'config/unknown-resource', severity: 'error', message: '`api` depends on `dbb`', places }
}

/** Framed by line ends, so that snapshots begin on a line of their own. */
function render(diagnostic: Diagnostic, options: Partial<RenderOptions> = {}): string {
  return `\n${renderDiagnostics([diagnostic], { colour: false, cwd: '/home/me/shop', ...options })}`
}

/** The character above the caret. */
function marked(text: string): string {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => /^\s*\|\s*\^$/.test(line))
  return Array.from((lines[at - 1] ?? '').slice((lines[at] ?? '').indexOf('^')))[0] ?? ''
}

const config = `import { localResource } from 'tiltts'

const db = localResource('db', { serveCmd: 'postgres' })
localResource('api', {
  serveCmd: 'node api.js',
  resourceDeps: ['dbb'],
})
`

describe('renderDiagnostics', () => {
  it('shows what happened, the code, the place, the source around it and a hint', () => {
    expect(render({ ...unknown(place(config, 6, 18)), hint: 'Did you mean `db`?' })).toMatchInlineSnapshot(`
      "
      error config/unknown-resource \`api\` depends on \`dbb\`
        tilt.config.ts:6:18
          4 | localResource('api', {
          5 |   serveCmd: 'node api.js',
        > 6 |   resourceDeps: ['dbb'],
            |                  ^
          7 | })
          8 |
        hint: Did you mean \`db\`?
      "
    `)
  })

  it('takes the hint of the catalogue when the diagnostic has none', () => {
    expect(render(unknown())).toMatchInlineSnapshot(`
      "
      error config/unknown-resource \`api\` depends on \`dbb\`
        hint: Check the spelling, or declare the resource.
      "
    `)
  })

  it('shows every place, the first four with their source', () => {
    const places = [1, 3, 4, 5, 6, 7].map((line) => place(config, line, 1))
    const text = render(unknown(...places))
    expect(text.match(/tilt\.config\.ts:\d:1/g)).toHaveLength(6)
    expect(text.match(/\^/g)).toHaveLength(4)
  })

  it('shows all diagnostics, with an empty line between them', () => {
    const warning: Diagnostic = {
      code: 'config/warning',
      severity: 'warning',
      message: 'old Node',
      places: [],
      hint: 'Renew it.',
    }
    expect(`\n${renderDiagnostics([unknown(place(config, 1, 1)), warning], { colour: false })}`).toMatchInlineSnapshot(`
      "
      error config/unknown-resource \`api\` depends on \`dbb\`
        /home/me/shop/tilt.config.ts:1:1
        > 1 | import { localResource } from 'tiltts'
            | ^
          2 |
          3 | const db = localResource('db', { serveCmd: 'postgres' })
        hint: Check the spelling, or declare the resource.

      warning config/warning old Node
        hint: Renew it.
      "
    `)
    expect(renderDiagnostics([], { colour: false })).toBe('')
  })

  it('indents the further lines of a message and of a hint', () => {
    const diagnostic: Diagnostic = {
      code: 'config/exec-failed',
      severity: 'error',
      message: 'git failed\n\nfatal: not a git repository',
      places: [],
      hint: 'One way.\nAnother way.',
    }
    expect(render(diagnostic)).toMatchInlineSnapshot(`
      "
      error config/exec-failed git failed

        fatal: not a git repository
        hint: One way.
              Another way.
      "
    `)
  })

  it('leaves the severity out where a log says it', () => {
    expect(render(unknown(), { severity: false })).toMatch(/^\nconfig\/unknown-resource /)
  })

  it('colours the severity, the place, the caret and the hint, and nothing unless asked', () => {
    const text = render(unknown(place('a', 1, 1)), { colour: true }).replaceAll('\u001b', '␛')
    expect(text).toMatchInlineSnapshot(`
      "
      ␛[1;31merror␛[22;39m ␛[2mconfig/unknown-resource␛[22m ␛[1m\`api\` depends on \`dbb\`␛[22m
        ␛[36mtilt.config.ts:1:1␛[39m
        ␛[1;31m>␛[22;39m 1 ␛[2m|␛[22m a
        ␛[2m    |␛[22m ␛[1;31m^␛[22;39m
        ␛[1mhint:␛[22m Check the spelling, or declare the resource.
      "
    `)
    const plain = { ...unknown(place(config, 6, 18)), message: '\u001b[31mred\u001b[0m' }
    expect(render(plain)).not.toContain('\u001b')
  })
})

describe('a code frame', () => {
  it('is left out when the place brought no source, or none of its line', () => {
    expect(render(unknown({ file: '/home/me/shop/a.ts', line: 3, column: 1 }))).not.toContain('|')
    expect(render(unknown({ ...place('a', 9, 1) }))).not.toContain('|')
  })

  it('numbers the lines as the file does', () => {
    const excerpt = { firstLine: 98, lines: ['a', 'b', 'c', 'd', 'e', 'f'] }
    expect(render(unknown({ file: '/x.ts', line: 100, column: 1, excerpt }))).toMatchInlineSnapshot(`
      "
      error config/unknown-resource \`api\` depends on \`dbb\`
        /x.ts:100:1
           98 | a
           99 | b
        > 100 | c
              | ^
          101 | d
          102 | e
        hint: Check the spelling, or declare the resource.
      "
    `)
  })

  it.each<[string, string, number, string]>([
    ['after tabs', '\t\tfoo(X)', 7, 'X'],
    ['after a tab in the middle', 'a\tX', 3, 'X'],
    ['at the end of the line', 'foo(X', 5, 'X'],
    ['past the end of the line', 'foo', 9, ''],
  ])('puts the caret right %s', (_, line, column, expected) => {
    expect(marked(render(unknown(place(line, 1, column))))).toBe(expected)
  })

  it('counts no column for an accent that is a character of its own', () => {
    const caret = (line: string, column: number) => render(unknown(place(line, 1, column))).split('\n')[4]
    expect(caret('e\u0301e\u0301 X', 6)).toBe(caret('ee X', 4))
  })

  it('counts two columns for wide characters and emoji', () => {
    expect(render(unknown(place("label('日本語', '👩‍👩‍👧', X)", 1, 26)))).toMatchInlineSnapshot(`
      "
      error config/unknown-resource \`api\` depends on \`dbb\`
        tilt.config.ts:1:26
        > 1 | label('日本語', '👩‍👩‍👧', X)
            |                       ^
        hint: Check the spelling, or declare the resource.
      "
    `)
  })

  it('shows control characters as a dot', () => {
    const text = render(unknown(place('a\u001b[31mX\r', 1, 7)))
    expect(text).not.toContain('\u001b')
    expect(marked(text)).toBe('X')
  })

  it('cuts a long line around the column, and its neighbours alike', () => {
    const long = `${'0123456789'.repeat(20)}X${'0123456789'.repeat(20)}`
    const text = render(unknown(place(`short\n${long}\n${'-'.repeat(400)}`, 2, 201)), { width: 60 })
    expect(text).toMatchInlineSnapshot(`
      "
      error config/unknown-resource \`api\` depends on \`dbb\`
        tilt.config.ts:2:201
          1 |
        > 2 | …5678901234567890123456789X012345678901234567890123…
            |                           ^
          3 | …--------------------------------------------------…
        hint: Check the spelling, or declare the resource.
      "
    `)
    expect(marked(text)).toBe('X')
  })

  it('cuts a long line at its end only when the column is near its start', () => {
    const text = render(unknown(place(`fooX${'.'.repeat(200)}`, 1, 4)), { width: 40 })
    expect(text).toMatchInlineSnapshot(`
      "
      error config/unknown-resource \`api\` depends on \`dbb\`
        tilt.config.ts:1:4
        > 1 | fooX...........................…
            |    ^
        hint: Check the spelling, or declare the resource.
      "
    `)
  })

  it('cuts through wide characters without losing the column', () => {
    for (let column = 90; column < 110; column++) {
      const line = `${'日'.repeat(column - 1)}X${'本'.repeat(80)}`
      const text = render(unknown(place(line, 1, column)), { width: 50 })
      const [source = '', caret = ''] = text.split('\n').slice(3, 5)
      const before = source.slice(0, source.indexOf('X'))
      expect(source).toContain('X')
      expect(caret.indexOf('^')).toBe(before.length + (before.match(/日/g) ?? []).length)
    }
  })

  it('is drawn at once for a line of millions of characters', () => {
    const text = render(unknown(place(`${'x'.repeat(2_000_000)}Y${'x'.repeat(2_000_000)}`, 1, 2_000_001)), {
      width: 60,
    })
    expect(marked(text)).toBe('Y')
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
  })
})

describe('placeText', () => {
  it('names a file from the working folder when it lies in it', () => {
    const at = place('', 3, 14)
    expect(placeText(at, '/home/me/shop')).toBe('tilt.config.ts:3:14')
    expect(placeText(at, '/home/me/shop/')).toBe('tilt.config.ts:3:14')
    expect(placeText(at, '/home/me/sh')).toBe('/home/me/shop/tilt.config.ts:3:14')
    expect(placeText(at)).toBe('/home/me/shop/tilt.config.ts:3:14')
  })
})
