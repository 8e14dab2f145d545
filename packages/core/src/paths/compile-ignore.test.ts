import { describe, expect, it } from 'vitest'
import { compileIgnore, ignoringPattern, malformedPatterns } from './compile-ignore.js'
import { ephemeralIgnore } from './ephemeral.js'
import { escapePattern, parseIgnoreFile } from './ignore-file.js'

/** Text of an ignore file, and what of some paths it ignores and keeps, as Docker's own matcher has it. */
const cases: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
  [
    'a plain name means that path at the top, and all below',
    'dist',
    ['dist', 'dist/a/b.js'],
    ['src/dist', 'distance', 'dist.js'],
  ],
  ['a path of several parts', 'a/b', ['a/b', 'a/b/c'], ['a', 'a/bc', 'x/a/b']],
  ['`*` stays within one part', 'src/*.js', ['src/a.js', 'src/.js'], ['src/a/b.js', 'src/a.jsx', 'a.js']],
  ['`*` matches names that begin with a dot', '*', ['.env', 'a', 'a/b'], []],
  ['a match of a folder by `*` takes all below', 'a*', ['abc', 'abc/d/e'], ['x/abc', 'b']],
  ['`?` is one character, also one of two code units', '?.md', ['a.md', 'é.md', '😀.md'], ['ab.md', '.md']],
  ['`?` is no slash', 'a?b', ['axb'], ['a/b']],
  ['`**` spans any number of parts', 'a/**/z', ['a/z', 'a/b/z', 'a/b/c/z', 'a/b/c/z/y'], ['b/a/z', 'az']],
  [
    'leading `**/`',
    '**/node_modules',
    ['node_modules', 'x/node_modules', 'x/y/node_modules/z/i.js'],
    ['x_node_modules', 'node_modules2'],
  ],
  ['leading `**/` with `*`', '**/*.tmp', ['a.tmp', 'x/a.tmp', 'x/y/.tmp', 'a.tmp/b'], ['a.tmpx']],
  ['trailing `/**` leaves the folder itself', 'build/**', ['build/a', 'build/a/b'], ['build', 'builds/a']],
  ['`**` alone is everything', '**', ['a', 'a/b', '.x'], []],
  [
    'leading `**` leaves the start of a name open when nothing else is special',
    '**.go',
    ['x.go', 'a/x.go', '.go'],
    ['go', 'x.gox'],
  ],
  [
    'leading `**` before a name leaves the start of the name open',
    '**foo',
    ['foo', 'a/foo', 'barfoo', 'a/barfoo/x'],
    ['foob'],
  ],
  ['leading `**` before something special counts in parts', '**fo?', ['foo', 'a/foo'], ['barfoo']],
  ['`**` within a name counts in parts', 'a**b', ['ab', 'ax/b', 'ax/y/b', 'a/b'], ['axb']],
  ['trailing `**` in a name', 'foo**', ['foo', 'foobar', 'foo/x', 'foobar/x/y'], ['xfoo']],
  ['`***`', '***', ['a', 'a/b'], []],
  ['a class', '[a-c].txt', ['a.txt', 'c.txt'], ['d.txt', '-.txt']],
  ['a negated class', '[^a-c].txt', ['d.txt'], ['a.txt']],
  ['a class with an escaped bracket', '[\\]]x', [']x'], ['\\x']],
  [
    'a dot, a plus, parentheses and braces mean themselves',
    'a.b+(c){d}|$',
    ['a.b+(c){d}|$'],
    ['axb+(c){d}|$', 'a.bb(c){d}|$'],
  ],
  ['an escaped star', '\\*.md', ['*.md'], ['a.md']],
  ['an escaped `#` and `!` at the start', '\\#a\n\\!b', ['#a', '!b'], ['b']],
  ['a leading slash only anchors', '/a\n/b/*.c', ['a', 'b/x.c'], ['x/a', 'x/b/x.c']],
  ['a trailing slash means nothing', 'logs/', ['logs', 'logs/a'], ['x/logs']],
  ['dots and doubled slashes are cleaned away', './a//b/../c/.', ['a/c'], ['a/b', 'c']],
  ['comments, blank lines and space around are left out', '# note\n\n   \n  a  \n #b\n', ['a', '#b'], ['# note', 'b']],
  ['a byte order mark and CRLF are left out', '\uFEFFa\r\nb\r\n', ['a', 'b'], []],
  ['`!` brings back', '*.md\n!README.md', ['a.md'], ['README.md', 'x/README.md']],
  [
    'order decides: the last one that matches',
    '*.md\n!README*.md\nREADME-secret.md',
    ['a.md', 'README-secret.md'],
    ['README-1.md'],
  ],
  ['`!` before what excludes has no effect', '!a\na', ['a'], []],
  ['`!` brings a file back from an excluded folder', 'dir\n!dir/keep', ['dir', 'dir/x'], ['dir/keep', 'dir/keep/all']],
  [
    '`!` brings a whole folder back, and a later pattern part of it',
    '*\n!src\nsrc/*.log',
    ['a', 'src/a.log'],
    ['src', 'src/a.ts', 'src/x/a.log'],
  ],
  ['`!` with `**`', '**/*.js\n!**/*.min.js', ['a.js', 'x/a.js'], ['x/a.min.js']],
  ['`!` with space and slash after it', '*\n! /a/', ['b'], ['a', 'a/b']],
  ['everything but one', '**\n!a/b', ['a', 'a/c'], ['a/b', 'a/b/c']],
  ['`.` and `/` match nothing', '.\n/', [], ['a', '.x']],
  ['patterns that climb out match nothing inside', '../a', [], ['a', 'x/a']],
  ['case matters', 'README.md', ['README.md'], ['readme.md']],
]

const malformed = [['[a'], ['[]'], ['[]a]'], ['[a-]'], ['[-a]'], ['[z-a]'], ['a\\'], ['[\\'], ['!'], ['! ']]

describe('compileIgnore', () => {
  it.each(cases)('IGN-01: reads .dockerignore syntax below the folder of the rule: %s', (_, text, ignored, kept) => {
    const basePath = '/home/me/a (1) [x]'
    const matcher = compileIgnore([{ basePath, patterns: parseIgnoreFile(text) }])
    const isIgnored = (path: string) => matcher.ignored(`${basePath}/${path}`)
    expect([...ignored, ...kept].filter(isIgnored)).toEqual(ignored)
  })

  it('IGN-01: makes patterns absolute against their folder', () => {
    const matcher = compileIgnore([
      { basePath: '/app/web/', patterns: ['dist', '**/*.log', '../lib/gen', '/app/web/abs'] },
    ])
    const paths = [
      '/app/web/dist/main.js',
      '/app/dist',
      '/dist',
      '/app/website/dist',
      '/app/web/x.log',
      '/app/x.log',
      '/app/lib/gen/a.ts',
      '/app/lib/other',
      '/app/web/abs',
    ]
    expect(paths.filter(matcher.ignored)).toEqual([
      '/app/web/dist/main.js',
      '/app/web/x.log',
      '/app/lib/gen/a.ts',
      '/app/web/abs',
    ])
  })

  it('never ignores the folder that its patterns count from', () => {
    const matcher = compileIgnore([{ basePath: '/app', patterns: ['*', '**', '.', '/', ''] }])
    expect(matcher.ignored('/app')).toBe(false)
    expect(matcher.ignored('/')).toBe(false)
    expect(matcher.ignored('/app/x')).toBe(true)
  })

  it('IGN-04: judges each rule by itself: a `!` brings back nothing that another rule excluded', () => {
    const all = { basePath: '/app', patterns: ['*.md', '!README.md'] }
    const other = { basePath: '/app', patterns: ['README.md'] }
    expect(compileIgnore([all]).ignored('/app/README.md')).toBe(false)
    expect(compileIgnore([all, other]).ignored('/app/README.md')).toBe(true)
    expect(compileIgnore([other, all]).ignored('/app/README.md')).toBe(true)
    expect(
      compileIgnore([{ basePath: '/app', patterns: [...other.patterns, ...all.patterns] }]).ignored('/app/README.md'),
    ).toBe(false)
  })

  it.each(malformed)('IGN-09: leaves out a malformed pattern, here %j, and heeds the others', (bad) => {
    const rule = { basePath: '/app', patterns: ['a*', bad, '!ab'] }
    const matcher = compileIgnore([rule])
    expect(['/app/a', '/app/ab', '/app/[a', '/app/z'].filter(matcher.ignored)).toEqual(['/app/a'])
    expect(malformedPatterns([rule])).toEqual([bad])
  })

  it('treats everything below / as inside it, a drive too', () => {
    const matcher = compileIgnore([{ basePath: '/', patterns: ['**/*~'] }])
    expect(matcher.ignored('/a~')).toBe(true)
    expect(matcher.ignored('C:/work/a~')).toBe(true)
  })
})

describe('prunes', () => {
  const cases: readonly (readonly [string, readonly string[], string, boolean])[] = [
    ['a folder that is ignored', ['node_modules'], '/app/node_modules', true],
    ['what is below an ignored folder', ['node_modules'], '/app/node_modules/x/y', true],
    ['a folder of which only the inside is ignored', ['build/**'], '/app/build', true],
    ['the same by one star', ['build/*'], '/app/build', true],
    ['such a folder at any depth', ['**/.idea/**'], '/app/x/.idea', true],
    ['the whole folder of the rule', ['**'], '/app', true],
    ['not a folder of which some is kept', ['dist', '!dist/keep'], '/app/dist', false],
    ['not a folder on the way to what is kept', ['a', '!a/b/c/d'], '/app/a/b', false],
    ['a folder beside what is kept', ['a', '!a/b/c/d'], '/app/a/x', true],
    ['not a folder in which a kept name may be anywhere', ['a', '!**/keep'], '/app/a', false],
    ['a folder that the fixed start of a kept pattern rules out', ['*', '!src/**/keep'], '/app/dist', true],
    ['a folder deeper than a kept pattern reaches', ['a', '!a/*.md'], '/app/a/b', true],
    ['not a folder that a kept pattern reaches', ['a', '!a/*.md'], '/app/a', false],
    ['not a folder that is kept itself', ['*', '!src'], '/app/src', false],
    ['not what is below it either', ['*', '!src'], '/app/src/x', false],
    ['what is excluded again after it was kept', ['*', '!src', 'src/gen'], '/app/src/gen', true],
    ['not a folder that is not ignored', ['dist'], '/app/src', false],
    ['not a folder that only holds the rule', ['**'], '/', false],
    ['not a folder outside the rule', ['**'], '/other', false],
    ['not when a class may stand for a slash', ['a', '!a[^x]keep'], '/app/a', false],
    ['not when a kept pattern lies in another folder that is below', ['x', '!../app/x/keep'], '/app/x', false],
  ]
  it.each(cases)('%s: %j, %s → %s', (_, patterns, folder, expected) => {
    expect(compileIgnore([{ basePath: '/app', patterns }]).prunes(folder)).toBe(expected)
  })

  it('needs one rule only', () => {
    const matcher = compileIgnore([
      { basePath: '/app', patterns: ['a', '!a/keep'] },
      { basePath: '/app/a', patterns: ['*'] },
    ])
    expect(matcher.prunes('/app/a')).toBe(true)
  })
})

describe('ephemeralIgnore', () => {
  const names = [
    'main.ts___jb_old___',
    'main.ts___jb_tmp___',
    '.idea/workspace.xml',
    '.#main.ts',
    '#main.ts#',
    'flymake_main.ts',
    '4913',
    'main.ts~',
    '.main.ts.swp',
    '.main.ts.swx',
    '.main.ts.swo',
    '.main.ts.swn',
    '.main.ts.kate-swp',
    'x-go-tmp-umask',
    '.tiltts/names.d.ts',
  ]
  it('IGN-07: ignores what editors and compilers make for a moment, at any depth', () => {
    const matcher = compileIgnore([ephemeralIgnore])
    const paths = names.flatMap((name) => [`/${name}`, `/home/me/app/src/${name}`])
    expect(paths.filter((path) => !matcher.ignored(path))).toEqual([])
    const real = [
      '/app/main.ts',
      '/app/.swp',
      '/app/49130',
      '/app/#main.ts',
      '/app/.kate',
      '/app/flymake',
      '/app/.idea',
    ]
    expect(real.filter(matcher.ignored)).toEqual([])
    expect(matcher.prunes('/app/.idea')).toBe(true)
  })
})

describe('parseIgnoreFile', () => {
  it('keeps patterns as they were written', () => {
    const text = '\uFEFF# a comment\r\n\r\n  /dist/  \r\n! /dist/keep\r\n #not a comment\n\\#neither\n'
    expect(parseIgnoreFile(text)).toEqual(['/dist/', '! /dist/keep', '#not a comment', '\\#neither'])
  })

  it('takes a byte order mark for text anywhere but at the start', () => {
    expect(parseIgnoreFile('\uFEFF#x\na\uFEFFb')).toEqual(['a\uFEFFb'])
  })
})

describe('escapePattern', () => {
  it.each([['plain'], ['*'], ['[a-z]'], ['a?b'], ['!not'], ['#no'], ['back\\slash'], [' space '], ['**.go']])(
    'makes %j match itself and nothing else',
    (name) => {
      const matcher = compileIgnore([{ basePath: '/app', patterns: [escapePattern(name)] }])
      expect(matcher.ignored(`/app/${name}`)).toBe(true)
      expect(['/app/a', '/app/x.go', '/app/acb', '/app/space', '/app/not'].filter(matcher.ignored)).toEqual([])
    },
  )
})

describe('ignoringPattern', () => {
  const rules = [
    { basePath: '/app', patterns: ['dist', '!dist/keep'] },
    { basePath: '/app/src', patterns: ['*.log', '!a.log', '/tmp/'] },
  ]

  it.each([
    ['/app/dist/a', 'dist'],
    ['/app/dist/keep', undefined],
    ['/app/src/b.log', '*.log'],
    ['/app/src/a.log', undefined],
    ['/app/src/tmp/x', '/tmp/'],
    ['/app/other', undefined],
  ])('%s is excluded by %s', (path, pattern) => {
    expect(ignoringPattern(rules, path)).toBe(pattern)
  })
})
