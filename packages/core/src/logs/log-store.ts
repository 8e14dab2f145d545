import { BugError, type LogLevel, type Millis } from '@tiltts/spec'
import { levelRuns } from './level-runs.js'
import { type Cut, createLineCutter, type LineCutter } from './line-cutter.js'
import { logLines } from './log-lines.js'
import { readLog } from './read-log.js'
import { createScrubber } from './scrubber.js'
import { createSegmentMemory } from './segment-memory.js'
import { countLineEnds, startedLines } from './segments.js'
import type { LogArchive, LogFields, LogSegment, LogSpan, LogStore } from './types.js'

export interface LogStoreOptions {
  readonly now: () => Millis
  /** Keeps what memory gives up. Absent: that is lost, and a read says so. */
  readonly archive?: LogArchive | undefined
  /** How much is held in memory, in UTF-16 units, shared fairly by the resources. @default 24 MiB */
  readonly maxBytes?: number | undefined
  /** A line longer than this goes out in pieces as it comes, in UTF-16 units. @default 256 KiB */
  readonly maxLineLength?: number | undefined
}

/** What is known of a span beside its declaration. */
interface SpanState {
  readonly span: LogSpan
  readonly cutter: LineCutter
  /** Of the text that is cut at present; `undefined`: to be judged. */
  level: LogLevel | undefined
  fields: LogFields | undefined
  /** Whether the next segment begins a message. */
  messageBegins: boolean
  /** Level of the pieces of a long line, as its first piece shows it. */
  pieceLevel: LogLevel
  warnings: number
  errors: number
}

/**
 * What builds and processes say, in order. Works on chunks as they come, not on lines: a chunk becomes one segment as
 * long as its lines have one level.
 *
 * @example
 * const logs = createLogStore({ now: () => clock.now(), archive })
 * logs.span({ id: 'build:api-1', resource: 'api', source: 'build' })
 * logs.append('build:api-1', 'compiling\nerror: no such file\n')
 */
export function createLogStore(options: LogStoreOptions): LogStore {
  const { now, archive } = options
  const maxLength = options.maxLineLength ?? 256 * 1024
  const memory = createSegmentMemory(options.maxBytes ?? 24 * 1024 * 1024)
  const scrubber = createScrubber()
  const spans = new Map<string, SpanState>()
  const undelivered: LogSegment[] = []
  let subscribers: readonly ((segment: LogSegment) => void)[] = []
  let delivering = false
  let nextSeq = 0

  function stateOf(spanId: string): SpanState {
    const state = spans.get(spanId)
    if (state === undefined) throw new BugError(`Log text came for the span "${spanId}", which was never declared.`)
    return state
  }

  function take(state: SpanState, cut: Cut): void {
    if (state.level !== undefined) {
      add(state, cut, cut.text, state.level, cut.partial ? 1 : countLineEnds(cut.text))
      return
    }
    if (cut.continues) {
      add(state, cut, cut.text, state.pieceLevel, 1)
      return
    }
    for (const run of levelRuns(cut.text)) {
      state.pieceLevel = run.level
      add(state, cut, run.text, run.level, run.count)
    }
  }

  function add(state: SpanState, cut: Cut, text: string, level: LogLevel, count: number): void {
    const own = state.messageBegins && !cut.continues
    const segment: LogSegment = {
      span: state.span,
      seq: nextSeq,
      count,
      time: now(),
      level,
      text,
      ...(cut.partial && { partial: true }),
      ...(cut.continues && { continues: true }),
      ...(own && { own: true }),
      ...(state.fields !== undefined && { fields: state.fields }),
    }
    if (level === 'warn' || level === 'error') {
      const counted = state.level === undefined ? startedLines(segment) : own ? 1 : 0
      if (level === 'warn') state.warnings += counted
      else state.errors += counted
    }
    state.messageBegins = false
    nextSeq += count
    archive?.append([segment])
    memory.add(segment)
    deliver(segment)
  }

  /** A subscriber may append; what comes of it waits until all have seen the segment before it. */
  function deliver(segment: LogSegment): void {
    undelivered.push(segment)
    if (delivering) return
    delivering = true
    try {
      for (let next = undelivered.shift(); next !== undefined; next = undelivered.shift()) {
        for (const subscriber of subscribers) subscriber(next)
      }
    } finally {
      delivering = false
    }
  }

  return {
    span(span) {
      if (spans.has(span.id)) return
      const cutter = createLineCutter({
        maxLength,
        scrub: scrubber.scrub,
        safeEnd: scrubber.safeEnd,
        emit: (cut) => take(state, cut),
      })
      const state: SpanState = {
        span,
        cutter,
        level: undefined,
        fields: undefined,
        messageBegins: false,
        pieceLevel: 'info',
        warnings: 0,
        errors: 0,
      }
      spans.set(span.id, state)
    },
    append(spanId, text, level, fields) {
      const state = stateOf(spanId)
      if (state.level !== level || state.fields !== fields) state.cutter.end()
      state.level = level
      state.fields = fields
      state.messageBegins = level !== undefined
      state.cutter.push(text)
    },
    flush(spanId) {
      spans.get(spanId)?.cutter.end()
    },
    addSecrets(secrets, fromSeq = nextSeq) {
      const change = scrubber.add(secrets)
      if (change === undefined || fromSeq >= nextSeq) return
      memory.redact(fromSeq, change)
      archive?.redact?.(fromSeq, change)
    },
    scrub: scrubber.scrub,
    subscribe(fn) {
      subscribers = [...subscribers, fn]
      return () => {
        subscribers = subscribers.filter((other) => other !== fn)
      }
    },
    read: (query) => readLog({ memory, archive, end: nextSeq }, query),
    tail(resource, lines, source) {
      const found: LogSegment[] = []
      let started = 0
      for (const segment of memory.newest(resource)) {
        if (started >= lines) break
        if (source !== undefined && segment.span.source !== source) continue
        found.push(segment)
        started += startedLines(segment)
      }
      return lines <= 0 ? [] : logLines(found.reverse()).slice(-lines)
    },
    get nextSeq() {
      return nextSeq
    },
    get firstSeq() {
      return Math.min(memory.firstSeq() ?? nextSeq, archive?.firstSeq() ?? nextSeq)
    },
    alerts(spanId) {
      const state = spans.get(spanId)
      return { warnings: state?.warnings ?? 0, errors: state?.errors ?? 0 }
    },
  }
}
