import type { Millis } from './time.js'

export type LogLevel = 'debug' | 'verbose' | 'info' | 'warn' | 'error'
export type LogSource = 'build' | 'runtime'

/** One line as clients read it, also the form of `logs --json` (CLI) and of `GET /api/logs`. */
export interface LogLine {
  /** Counts the lines of a session from 0. */
  readonly seq: number
  readonly time: Millis
  /** Empty for the session's own lines. */
  readonly resource: string
  readonly level: LogLevel
  /** Without the line end. */
  readonly message: string
  readonly spanId: string
  readonly source: LogSource
  /** Begins a message of tiltts itself, as opposed to output of a command. */
  readonly own?: true | undefined
  /** `init`: head of an update. */
  readonly buildEvent?: string | undefined
  /** Lines of one progress display share it. */
  readonly progressId?: string | undefined
  /** A line of a progress display that is always shown. */
  readonly mustPrint?: true | undefined
  /** Stands for older lines that are gone. */
  readonly gap?: true | undefined
  /** The line is longer: the next one of its span goes on with it. */
  readonly partial?: true | undefined
  /** Goes on with the partial line before it. */
  readonly continues?: true | undefined
}

/** One change as the watch of the API sends it. */
export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: T
}

/** A running session as other processes find it. */
export interface SessionRecord {
  readonly pid: number
  readonly port: number
  readonly host: string
  /** The loopback address that `host` stands for, so that clients need not ask the resolver. */
  readonly address?: string | undefined
  readonly mainPath: string
  readonly command: 'dev' | 'ci'
  readonly startTime: string
}
