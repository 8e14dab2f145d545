import { createLogStore, type LogSegment } from '@tiltts/core/logs'
import { describe, expect, it } from 'vitest'
import { countedLines, logList, noNewLines } from './log-list.js'

function written(): { readonly segments: LogSegment[]; readonly logs: ReturnType<typeof createLogStore> } {
  const logs = createLogStore({ now: () => 1_000, maxLineLength: 20 })
  const segments: LogSegment[] = []
  logs.subscribe((segment) => void segments.push(segment))
  return { segments, logs }
}

describe('log lists', () => {
  it('API-75: count lines half open, name the spans that occur, and leave out what is empty', () => {
    const { segments, logs } = written()
    logs.span({ id: 'api', resource: 'api', source: 'runtime' })
    logs.span({ id: 'web', resource: 'web', source: 'runtime' })
    logs.span({ id: 'global', resource: '', source: 'build' })
    logs.append('api', 'one\ntwo\n')
    logs.append('global', 'three\n')
    expect(logList(countedLines(segments), logs.nextSeq)).toEqual({
      spans: { api: { manifestName: 'api' }, global: {} },
      segments: [
        { spanId: 'api', time: '1970-01-01T00:00:01.000000Z', text: 'one\n', level: 'INFO' },
        { spanId: 'api', time: '1970-01-01T00:00:01.000000Z', text: 'two\n', level: 'INFO' },
        { spanId: 'global', time: '1970-01-01T00:00:01.000000Z', text: 'three\n', level: 'INFO' },
      ],
      toCheckpoint: 3,
    })
    expect(logList([], 3)).toEqual(noNewLines)
  })

  it('API-76: carry the level as a word, the alerts, pieces of a long line without line end, and fields', () => {
    const { segments, logs } = written()
    logs.span({ id: 'build:1', resource: 'api', source: 'build' })
    logs.append('build:1', 'ERROR: it broke\n')
    logs.append('build:1', 'careful\n', 'warn')
    logs.append('build:1', 'quiet\n', 'verbose')
    logs.append('build:1', 'starts\n', 'info', { buildEvent: 'init' })
    logs.append('build:1', '50%\n', 'info', { progressId: 'pull', mustPrint: true })
    logs.append('build:1', `${'long '.repeat(6)}\n`)
    const { segments: wire = [] } = logList(countedLines(segments), logs.nextSeq)
    expect(wire.slice(0, 5).map(({ level, anchor, fields }) => ({ level, anchor, fields }))).toEqual([
      { level: 'ERROR', anchor: true, fields: undefined },
      { level: 'WARN', anchor: true, fields: undefined },
      { level: 'VERBOSE', anchor: undefined, fields: undefined },
      { level: 'INFO', anchor: undefined, fields: { buildEvent: 'init' } },
      { level: 'INFO', anchor: undefined, fields: { progressID: 'pull', progressMustPrint: '1' } },
    ])
    const pieces = wire.slice(5).map(({ text }) => text)
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.slice(0, -1).every((piece) => !piece.endsWith('\n'))).toBe(true)
    expect(pieces.join('')).toBe(`${'long '.repeat(6)}\n`)
    expect(wire).toHaveLength(logs.nextSeq)
  })

  it('API-81: lines of one progress display share an id within their span', () => {
    const { segments, logs } = written()
    logs.span({ id: 'build:1', resource: 'api', source: 'build' })
    for (const text of ['10%\n', '90%\n']) logs.append('build:1', text, 'info', { progressId: 'pull' })
    logs.append('build:1', 'done\n')
    const { segments: wire = [] } = logList(countedLines(segments), logs.nextSeq)
    expect(wire.map(({ fields, spanId }) => [spanId, fields?.['progressID']])).toEqual([
      ['build:1', 'pull'],
      ['build:1', 'pull'],
      ['build:1', undefined],
    ])
  })
})
