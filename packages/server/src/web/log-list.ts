import { type LogSegment, logLines } from '@tiltts/core/logs'
import { type ApiTime, type LogLevel, type LogLine, toApiTime } from '@tiltts/spec'

/** One line, or a piece of a long one, as Tilt's clients read it. What is empty or false is left out. */
export interface WireSegment {
  readonly spanId: string
  readonly time: ApiTime
  readonly text: string
  readonly level: 'DEBUG' | 'VERBOSE' | 'INFO' | 'WARN' | 'ERROR'
  /** The line counts as an alert. */
  readonly anchor?: true
  readonly fields?: Readonly<Record<string, string>>
}

/** Lines of the log with the numbers that clients count them by. */
export interface LogList {
  readonly spans?: Readonly<Record<string, { readonly manifestName?: string }>>
  readonly segments?: readonly WireSegment[]
  /** The first of the lines, and the one after the last. Both -1: there are no new lines. */
  readonly fromCheckpoint?: number
  readonly toCheckpoint?: number
}

export const noNewLines: LogList = { fromCheckpoint: -1, toCheckpoint: -1 }

const levelWords: Readonly<Record<LogLevel, WireSegment['level']>> = {
  debug: 'DEBUG',
  verbose: 'VERBOSE',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
}

/**
 * Lines up to the number `end`. Older ones that are gone count as if they had stood before the first: a client that has
 * seen some drops as many from the front as it knows, and keeps exactly those that are new to it.
 */
export function logList(lines: readonly LogLine[], end: number): LogList {
  if (lines.length === 0) return noNewLines
  const from = end - lines.length
  const spans = new Map(lines.map((line) => [line.spanId, line.resource]))
  return {
    spans: Object.fromEntries([...spans].map(([id, name]) => [id, name === '' ? {} : { manifestName: name }])),
    segments: lines.map(wireSegment),
    ...(from !== 0 && { fromCheckpoint: from }),
    toCheckpoint: end,
  }
}

/** The lines of each segment by itself, so that there are as many as the segments count. */
export function countedLines(segments: readonly LogSegment[]): readonly LogLine[] {
  return segments.flatMap((segment) => logLines([segment]))
}

function wireSegment(line: LogLine): WireSegment {
  const alert = (line.level === 'warn' || line.level === 'error') && !line.continues
  const fields = {
    ...(line.progressId !== undefined && { progressID: line.progressId }),
    ...(line.buildEvent !== undefined && { buildEvent: line.buildEvent }),
    ...(line.mustPrint && { progressMustPrint: '1' }),
  }
  return {
    spanId: line.spanId,
    time: toApiTime(line.time),
    text: line.partial ? line.message : `${line.message}\n`,
    level: levelWords[line.level],
    ...(alert && { anchor: true }),
    ...(Object.keys(fields).length > 0 && { fields }),
  }
}
