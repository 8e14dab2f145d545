import { describe, expect, it } from 'vitest'
import { readAll, readText, testArchive, testStore } from './log-store.test.support.js'
import type { LogSegment } from './types.js'

describe('appending', () => {
  it('makes one segment of the lines of a chunk, numbered on', async () => {
    const logs = testStore()
    logs.append('build:api', 'one\ntwo\nthr')
    logs.append('serve:web', 'up\n')
    logs.append('build:api', 'ee\n')
    expect(logs.nextSeq).toBe(4)
    expect(await readAll(logs)).toEqual([
      {
        span: { id: 'build:api', resource: 'api', source: 'build' },
        seq: 0,
        count: 2,
        time: 1_000,
        level: 'info',
        text: 'one\ntwo\n',
      },
      expect.objectContaining({ seq: 2, count: 1, text: 'up\n', time: 1_001 }),
      expect.objectContaining({ seq: 3, count: 1, text: 'three\n', time: 1_002 }),
    ])
  })

  it('divides a chunk where the level of its lines changes', async () => {
    const logs = testStore()
    logs.append('build:api', 'a\nb\nERROR c\nERROR d\nWARN e\nf\n')
    const segments = await readAll(logs)
    expect(segments.map((one) => [one.level, one.seq, one.count, one.text])).toEqual([
      ['info', 0, 2, 'a\nb\n'],
      ['error', 2, 2, 'ERROR c\nERROR d\n'],
      ['warn', 4, 1, 'WARN e\n'],
      ['info', 5, 1, 'f\n'],
    ])
  })

  it('takes the level that is given, whatever the text says, and marks where such a message begins', async () => {
    const logs = testStore()
    logs.append('build:api', 'ERROR is only a word\nhere\n', 'info')
    logs.append('build:api', 'all is lost\nreally\n', 'error')
    logs.append('build:api', 'ERROR x\n')
    expect((await readAll(logs)).map((one) => [one.level, one.count, one.own])).toEqual([
      ['info', 2, true],
      ['error', 2, true],
      ['error', 1, undefined],
    ])
  })

  it('ends an open line of output before a message with a level of its own', async () => {
    const logs = testStore()
    logs.append('build:api', 'Password: ')
    logs.append('build:api', 'killed\n', 'warn')
    expect((await readAll(logs)).map((one) => [one.level, one.text])).toEqual([
      ['info', 'Password: \n'],
      ['warn', 'killed\n'],
    ])
  })

  it('ends the last line of a span when asked', async () => {
    const logs = testStore()
    logs.append('build:api', 'no line end')
    expect(await readText(logs)).toBe('')
    logs.flush('build:api')
    logs.flush('build:api')
    logs.flush('never declared')
    expect(await readText(logs)).toBe('no line end\n')
  })

  it('keeps progress bars, colours and binary output as they are', async () => {
    const logs = testStore()
    const text = '10%\r20%\r100%\n\u001b[31mred\u001b[0m\u001b[2J\n\u0000\u0001\u007f\ufffd\u0085\n'
    logs.append('build:api', text)
    expect(await readText(logs)).toBe(text)
  })

  it('lets a line of 3 MB through whole, in pieces, beside the lines of others', async () => {
    const logs = testStore()
    const seen: LogSegment[] = []
    logs.subscribe((segment) => seen.push(segment))
    const line = `ERROR ${'0123456789'.repeat(300_000)}`
    for (let at = 0; at < line.length; at += 65_536) {
      logs.append('build:api', line.slice(at, at + 65_536))
      if (at % 10 === 0) logs.append('serve:web', 'tick\n')
    }
    expect(seen.filter((one) => one.partial).length).toBeGreaterThan(5)
    logs.append('build:api', '\nnext\n')
    const segments = await readAll(logs, { resources: ['api'] })
    expect(segments.map((one) => one.text).join('')).toBe(`${line}\nnext\n`)
    expect(segments.slice(0, -1).every((one) => one.level === 'error' && one.count === 1)).toBe(true)
    expect(segments.at(-1)).toMatchObject({ level: 'info', text: 'next\n' })
    expect(logs.tail('api', 2).map((one) => one.message)).toEqual([line, 'next'])
    expect(logs.alerts('build:api')).toEqual({ warnings: 0, errors: 1 })
  })

  it('carries the fields of a head or a progress display', async () => {
    const logs = testStore()
    logs.append('build:api', 'Initial build\n', 'info', { buildEvent: 'init' })
    logs.append('build:api', 'plain\n')
    expect((await readAll(logs)).map((one) => one.fields)).toEqual([{ buildEvent: 'init' }, undefined])
  })

  it('refuses text for a span that nobody declared', () => {
    expect(() => testStore().append('nobody', 'x\n')).toThrow('the span "nobody", which was never declared')
  })

  it('keeps the first declaration of a span', async () => {
    const logs = testStore()
    logs.span({ id: 'build:api', resource: 'other', source: 'runtime' })
    logs.append('build:api', 'x\n')
    expect((await readAll(logs))[0]?.span.resource).toBe('api')
  })

  it('LOG-04: counts the warnings and errors of each build', () => {
    const logs = testStore()
    logs.span({ id: 'build:api-2', resource: 'api', source: 'build' })
    logs.append('build:api', 'warning: a\nwarning: b\nfine\nerror: c\n')
    logs.append('build:api', 'a message\nof two lines\n', 'warn')
    logs.append('build:api-2', 'fine\n')
    expect(logs.alerts('build:api')).toEqual({ warnings: 3, errors: 1 })
    expect(logs.alerts('build:api-2')).toEqual({ warnings: 0, errors: 0 })
    expect(logs.alerts('never declared')).toEqual({ warnings: 0, errors: 0 })
  })
})

describe('subscribing', () => {
  it('hands every segment to all, at once and in order, until it is called off', () => {
    const logs = testStore()
    const first: number[] = []
    const second: number[] = []
    const leave = logs.subscribe((segment) => {
      first.push(segment.seq)
      if (segment.seq === 0) logs.append('global', 'said by a subscriber\n')
    })
    logs.subscribe((segment) => second.push(segment.seq))
    logs.append('build:api', 'a\n')
    expect(first).toEqual([0, 1])
    expect(second).toEqual([0, 1])
    leave()
    logs.append('build:api', 'b\n')
    expect(first).toEqual([0, 1])
    expect(second).toEqual([0, 1, 2])
  })
})

describe('the last lines', () => {
  it('are those of the resource, of the source that is asked for', () => {
    const logs = testStore()
    logs.append('build:api', 'one\ntwo\n')
    logs.append('serve:api', 'three\n')
    logs.append('serve:web', 'elsewhere\n')
    logs.append('build:api', 'ERROR four\n')
    expect(logs.tail('api', 3).map((line) => line.message)).toEqual(['two', 'three', 'ERROR four'])
    expect(logs.tail('api', 2, 'build')).toEqual([
      { seq: 1, time: 1_000, resource: 'api', level: 'info', message: 'two', spanId: 'build:api', source: 'build' },
      {
        seq: 4,
        time: 1_003,
        resource: 'api',
        level: 'error',
        message: 'ERROR four',
        spanId: 'build:api',
        source: 'build',
      },
    ])
    expect(logs.tail('api', 0)).toEqual([])
    expect(logs.tail('nobody', 5)).toEqual([])
  })
})

describe('secrets', () => {
  const secret = { value: 'hunter22', replacement: '[redacted secret db:password]' }
  const redacted = '[redacted secret db:password]'

  it('SEC-01: never reach memory, archive or subscribers, in plain or in base64', async () => {
    const archive = testArchive()
    const logs = testStore({ archive })
    const seen: string[] = []
    logs.subscribe((segment) => seen.push(segment.text))
    logs.addSecrets([secret])
    logs.append('build:api', `p=hunter22 ${btoa('hunter22')}\n`)
    expect(seen).toEqual([`p=${redacted} ${redacted}\n`])
    expect(await readText(logs)).toBe(`p=${redacted} ${redacted}\n`)
    expect(logs.tail('api', 1)[0]?.message).toBe(`p=${redacted} ${redacted}`)
    for await (const batch of archive.read(0, 10)) expect(JSON.stringify(batch)).not.toContain('hunter22')
  })

  it('SEC-01: are found where the output is cut in two inside them, also in a line that goes out in pieces', async () => {
    const logs = testStore({ maxLineLength: 64 })
    logs.addSecrets([secret])
    for (const character of `${'x'.repeat(100)}hunter22${'y'.repeat(58)}hunter22${'z'.repeat(70)}hunter22`) {
      logs.append('build:api', character)
    }
    logs.flush('build:api')
    const text = `${'x'.repeat(100)}${redacted}${'y'.repeat(58)}${redacted}${'z'.repeat(70)}${redacted}\n`
    expect(await readText(logs)).toBe(text)
  })

  it('SEC-02: learned late, are scrubbed from what was logged since the line that is named, wherever it is', async () => {
    const logs = testStore({ archive: testArchive(), maxBytes: 2_000 })
    logs.append('build:api', 'before hunter22\n')
    const start = logs.nextSeq
    for (let n = 0; n < 50; n++) logs.append('build:api', `${n} hunter22\n`)
    logs.append('build:api', 'open hunter22')
    logs.addSecrets([secret], start)
    logs.flush('build:api')
    const expected = Array.from({ length: 50 }, (_, n) => `${n} ${redacted}\n`)
    expect(await readText(logs)).toBe(`before hunter22\n${expected.join('')}open ${redacted}\n`)
    expect(logs.tail('api', 2).map((line) => line.message)).toEqual([`49 ${redacted}`, `open ${redacted}`])
  })

  it('are scrubbed from texts that are no lines, too', () => {
    const logs = testStore()
    expect(logs.scrub('PASSWORD=hunter22')).toBe('PASSWORD=hunter22')
    logs.addSecrets([secret])
    expect(logs.scrub('PASSWORD=hunter22')).toBe(`PASSWORD=${redacted}`)
  })

  it('SEC-02: are scrubbed to the end, also when they are not named again', async () => {
    const logs = testStore()
    logs.addSecrets([secret])
    logs.addSecrets([{ value: 'letmein', replacement: '***' }])
    logs.addSecrets([])
    logs.append('build:api', 'hunter22 letmein\n')
    expect(await readText(logs)).toBe(`${redacted} ***\n`)
  })
})
