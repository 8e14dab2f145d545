import { createLogStore, type LogSegment } from '@tiltts/core/logs'
import { describe, expect, it } from 'vitest'
import { createLogPrinter, type LogPrinterOptions } from './log-printer.js'

type Options = Partial<Omit<LogPrinterOptions, 'write'>>

const segment = (resource: string, text: string, more: Partial<LogSegment> = {}): LogSegment => ({
  span: { id: `build:${resource}`, resource, source: 'build' },
  seq: 0,
  count: text.split('\n').length - 1,
  time: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  level: 'info',
  text,
  ...more,
})

function printed(segments: readonly LogSegment[], options: Options = {}): string {
  let out = ''
  const printer = createLogPrinter({
    colour: false,
    ...options,
    write: (bytes) => {
      out += decode(bytes)
    },
  })
  for (const one of segments) printer.print(one)
  printer.end()
  return out
}

const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('prefixes', () => {
  it('CLI-31: the name stands before each line, right-aligned in 13 columns', () => {
    expect(printed([segment('api', 'one\n\ntwo\n')])).toBe(
      '          api │ one\n          api │ \n          api │ two\n',
    )
  })

  it('CLI-31: a longer name is printed whole, and the column is as wide as the longest known one', () => {
    const name = 'a-service-with-a-long-name'
    const names = [name, 'api']
    expect(printed([segment('api', 'x\n'), segment(name, 'y\n')], { names })).toBe(
      `                       api │ x\n${name} │ y\n`,
    )
    expect(printed([segment('api', 'x\n'), segment(name, 'y\n'), segment('api', 'z\n')])).toBe(
      `          api │ x\n${name} │ y\n                       api │ z\n`,
    )
  })

  it('CLI-31: the column counts what a terminal shows, not bytes', () => {
    expect(printed([segment('datenbänke', 'x\n'), segment('数据库', 'y\n')])).toBe(
      '   datenbänke │ x\n       数据库 │ y\n',
    )
  })

  it('CLI-31: the session’s own lines and those of the config have none', () => {
    const segments = [
      segment('', 'of the session\n'),
      segment('(Tiltfile)', 'of the config\nmore\n'),
      segment('api', 'x\n'),
    ]
    expect(printed(segments)).toBe('of the session\nof the config\nmore\n          api │ x\n')
  })

  it('CLI-31: none at all when exactly one resource is selected', () => {
    const segments = [segment('api', 'one\ntwo\n'), segment('web', 'x\n')]
    expect(printed(segments, { resources: ['api'] })).toBe('one\ntwo\n')
    expect(printed(segments, { resources: ['api', 'db'] })).toBe('          api │ one\n          api │ two\n')
  })

  it('takes any name literally', () => {
    expect(printed([segment('$&$1', 'a\rb\nc\n')])).toBe('         $&$1 │ a\r         $&$1 │ b\n         $&$1 │ c\n')
  })
})

describe('messages', () => {
  it('CLI-32: the first line of a warning or error of tiltts’s own says so; output of commands is left as it is', () => {
    const segments = [
      segment('api', 'low disk\nmore\n', { level: 'warn', own: true }),
      segment('', 'all is lost\n', { level: 'error', own: true }),
      segment('api', 'fine\n', { level: 'info', own: true }),
      segment('api', 'error: from the compiler\n', { level: 'error' }),
    ]
    expect(printed(segments)).toBe(
      [
        '          api │ WARNING: low disk',
        '          api │ more',
        'ERROR: all is lost',
        '          api │ fine',
        '          api │ error: from the compiler\n',
      ].join('\n'),
    )
  })

  it('CLI-32: an empty line with a prefix stands before the beginning of an update', () => {
    expect(
      printed([segment('api', 'x\n'), segment('api', 'Initial build\n', { fields: { buildEvent: 'init' } })]),
    ).toBe('          api │ x\n          api │ \n          api │ Initial build\n')
  })

  it('CLI-33: a progress display is shown again after 5, 10, 20 seconds, and where it must be', () => {
    const at = (seconds: number, id: string, mustPrint?: true): LogSegment =>
      segment('api', `${id} ${seconds}\n`, { time: seconds * 1_000, fields: { progressId: id, mustPrint } })
    const segments = [0, 1, 4.9, 5, 6, 14.9, 15, 34, 35].map((seconds) => at(seconds, 'push'))
    const out = printed([at(0, 'pull'), ...segments, at(36, 'push', true), segment('api', 'line\n')], {
      resources: ['api'],
    })
    expect(out).toBe('pull 0\npush 0\npush 5\npush 15\npush 35\npush 36\nline\n')
  })

  it('CLI-34: filters by source, level and resource; a level includes those above it', () => {
    const runtime = { span: { id: 'serve', resource: 'api', source: 'runtime' } } as const
    const segments = [
      segment('api', 'build\n'),
      segment('api', 'runtime\n', runtime),
      segment('api', 'warn\n', { level: 'warn' }),
      segment('api', 'error\n', { level: 'error' }),
      segment('api', 'detail\n', { level: 'verbose' }),
      segment('web', 'elsewhere\n'),
    ]
    const resources = ['api']
    expect(printed(segments, { resources })).toBe('build\nruntime\nwarn\nerror\n')
    expect(printed(segments, { resources, source: 'runtime' })).toBe('runtime\n')
    expect(printed(segments, { resources, source: 'build', minLevel: 'warn' })).toBe('warn\nerror\n')
    expect(printed(segments, { resources, minLevel: 'debug' })).toBe('build\nruntime\nwarn\nerror\ndetail\n')
  })

  it('prints the line that stands for lost ones whatever resource and level are asked for', () => {
    const gap = segment('', '7 lines are missing here\n', { level: 'warn', own: true, fields: { gap: true } })
    expect(printed([gap], { resources: ['api'], minLevel: 'error', source: 'runtime' })).toBe(
      'WARNING: 7 lines are missing here\n',
    )
  })

  it('CLI-64: judged by their own level, errors of a command pass a filter for errors, and nothing else does', () => {
    const logs = createLogStore({ now: () => 0 })
    logs.span({ id: 'build:api', resource: 'api', source: 'build' })
    let out = ''
    const printer = createLogPrinter({ colour: false, minLevel: 'error', write: (bytes) => (out += decode(bytes)) })
    logs.subscribe(printer.print)
    logs.append('build:api', 'compiling\nerror: no such file\n{"level":50,"msg":"down"}\ndone\n')
    printer.flush()
    expect(out).toBe('          api │ error: no such file\n          api │ {"level":50,"msg":"down"}\n')
  })
})

describe('unusual text', () => {
  const esc = '\u001b'

  it('never lets a carriage return reach the prefix', () => {
    expect(printed([segment('api', '10%\r20%\n')])).toBe('          api │ 10%\r          api │ 20%\n')
    expect(printed([segment('api', '10%\r20%\n')], { colour: true })).toBe(
      `          api │ 10%\r${esc}[K          api │ 20%\n`,
    )
  })

  it('takes all escape sequences out where there are no colours', () => {
    const text = `${esc}[31mred${esc}[0m ${esc}[2J${esc}[1;1H${esc}]0;title\u0007${esc}]8;;http://x${esc}\\link${esc}]8;;${esc}\\ ${esc}c${esc}(B${esc}[?25lend\n`
    expect(printed([segment('api', text)], { resources: ['api'] })).toBe('red link end\n')
  })

  it('keeps colours and links on a terminal, and takes out what moves the cursor or clears the screen', () => {
    const link = `${esc}]8;;http://x${esc}\\link${esc}]8;;${esc}\\`
    const text = `${esc}c${esc}[2J${esc}[H${esc}[31mred${esc}[39m ${link} ${esc}]0;title\u0007${esc}[?1049hend\n`
    expect(printed([segment('api', text)], { resources: ['api'], colour: true })).toBe(
      `${esc}[31mred${esc}[39m ${link} end\n`,
    )
  })

  it('ends a colour with its line, and goes on with it in the next line of the same span', () => {
    const segments = [
      segment('api', `${esc}[1;31mtwo\nlines\n`),
      segment('web', 'plain\n'),
      segment('api', `still${esc}[22m red${esc}[m\nplain\n`),
    ]
    expect(printed(segments, { colour: true })).toBe(
      [
        `          api │ ${esc}[1;31mtwo${esc}[0m`,
        `          api │ ${esc}[1;31mlines${esc}[0m`,
        '          web │ plain',
        `          api │ ${esc}[1;31mstill${esc}[22m red${esc}[m`,
        '          api │ plain\n',
      ].join('\n'),
    )
  })

  it('knows what each colour code takes back', () => {
    const text = `${esc}[38;5;196;48;2;1;2;3m${esc}[4mx${esc}[24m\ny${esc}[39m\nz${esc}[0;32m\nw${esc}[0m\n`
    expect(printed([segment('api', text)], { resources: ['api'], colour: true })).toBe(
      [
        `${esc}[38;5;196;48;2;1;2;3m${esc}[4mx${esc}[24m${esc}[0m`,
        `${esc}[38;5;196;48;2;1;2;3my${esc}[39m${esc}[0m`,
        `${esc}[48;2;1;2;3mz${esc}[0;32m${esc}[0m`,
        `${esc}[32mw${esc}[0m\n`,
      ].join('\n'),
    )
  })

  it('shows control characters of binary output on a terminal by their pictures, and passes them to a file as they are', () => {
    const text = 'a\u0000\u0007\u000e\u007f\u009b\tb \u001b\n'
    expect(printed([segment('api', text)], { resources: ['api'], colour: true })).toBe('a␀␇␎␡\ufffd\tb ␛\n')
    expect(printed([segment('api', text)], { resources: ['api'] })).toBe(text)
  })

  it('prints the pieces of a long line as one line, or as several when others speak between', () => {
    const first = segment('api', 'aaa', { partial: true })
    const second = segment('api', 'bbb', { partial: true, continues: true })
    const last = segment('api', 'ccc\n', { continues: true })
    expect(printed([first, second, last, segment('api', 'next\n')])).toBe(
      '          api │ aaabbbccc\n          api │ next\n',
    )
    expect(printed([first, segment('web', 'x\n'), second, last])).toBe(
      '          api │ aaa\n          web │ x\n          api │ bbbccc\n',
    )
    expect(printed([first])).toBe('          api │ aaa\n')
  })
})

describe('JSON lines', () => {
  const lines = (out: string): unknown[] =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))

  it('CLI-63: one object a line, always with the same keys', () => {
    const out = printed(
      [
        segment('api', 'one\ntwo "quoted" \u001b[31m\n'),
        segment('', 'head\n', { level: 'warn', own: true, fields: { buildEvent: 'init', progressId: 'p' } }),
      ],
      { json: true },
    )
    expect(lines(out)).toEqual([
      {
        time: '2026-01-02T03:04:05.678Z',
        resource: 'api',
        level: 'info',
        message: 'one',
        spanID: 'build:api',
        progressID: '',
        buildEvent: '',
        source: 'build',
      },
      expect.objectContaining({ message: 'two "quoted" \u001b[31m' }),
      {
        time: '2026-01-02T03:04:05.678Z',
        resource: '',
        level: 'warn',
        message: 'head',
        spanID: 'build:',
        progressID: 'p',
        buildEvent: 'init',
        source: 'build',
      },
    ])
    expect(Object.keys(lines(out)[0] ?? {})).toEqual([
      'time',
      'resource',
      'level',
      'message',
      'spanID',
      'progressID',
      'buildEvent',
      'source',
    ])
  })

  it('CLI-64: carries the true level and time of a line', () => {
    const out = printed([segment('api', 'x\n', { level: 'error', time: 0 })], { json: true })
    expect(lines(out)).toEqual([expect.objectContaining({ level: 'error', time: '1970-01-01T00:00:00.000Z' })])
  })

  it('puts the pieces of a long line together, also with others between them', () => {
    const out = printed(
      [
        segment('api', 'aaa', { partial: true, time: 0 }),
        segment('web', 'x\n'),
        segment('api', 'bbb', { partial: true, continues: true }),
        segment('api', 'ccc\n', { continues: true }),
        segment('api', 'cut off', { partial: true }),
      ],
      { json: true },
    )
    expect(lines(out)).toEqual([
      expect.objectContaining({ resource: 'web', message: 'x' }),
      expect.objectContaining({ resource: 'api', message: 'aaabbbccc', time: '1970-01-01T00:00:00.000Z' }),
      expect.objectContaining({ resource: 'api', message: 'cut off' }),
    ])
  })
})

describe('writing', () => {
  it('writes what came in one turn at once, and a lot of it sooner', async () => {
    const writes: string[] = []
    const printer = createLogPrinter({ colour: false, write: (bytes) => writes.push(decode(bytes)) })
    for (let n = 0; n < 100; n++) printer.print(segment('api', `${n}\n`))
    expect(writes).toEqual([])
    await Promise.resolve()
    expect(writes).toHaveLength(1)
    for (let n = 0; n < 10_000; n++) printer.print(segment('api', `${n}\n`))
    expect(writes.length).toBeGreaterThan(1)
    expect(writes.length).toBeLessThan(10)
    printer.flush()
    expect(writes.join('').split('\n')).toHaveLength(10_101)
  })

  it('prints lines that came over the wire as it prints the segments they were', async () => {
    const { logLines } = await import('@tiltts/core/logs')
    const segments = [
      segment('api', 'one\ntwo\n', { seq: 0 }),
      segment('api', 'warned\nmore\n', { seq: 2, level: 'warn', own: true }),
      segment('web', 'x\n', { seq: 4, fields: { buildEvent: 'init' } }),
      segment('web', 'beginning', { seq: 5, count: 1, partial: true }),
    ]
    const rest = [segment('web', ' and end\n', { seq: 6, continues: true }), segment('web', 'y\n', { seq: 7 })]
    let out = ''
    const printer = createLogPrinter({ colour: false, write: (bytes) => (out += decode(bytes)) })
    printer.printLines(logLines(segments))
    printer.printLines(logLines(rest))
    printer.printLines([])
    printer.end()
    expect(out).toBe(printed([...segments, ...rest]))
    expect(out).toContain('web │ beginning and end\n')
  })
})
