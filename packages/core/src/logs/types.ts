import type { LogLevel, LogLine, LogSource, Millis, SecretSpec } from '@tiltts/spec'

export interface LogSpan {
  readonly id: string
  /** Empty: the session's own. */
  readonly resource: string
  readonly source: LogSource
}

/** Whole lines of one span that came together. What is stored, handed on and kept on disk. */
export interface LogSegment {
  readonly span: LogSpan
  /** Number of the first line. */
  readonly seq: number
  /** How many lines. */
  readonly count: number
  readonly time: Millis
  readonly level: LogLevel
  /** Ends with a line end, unless `partial`. */
  readonly text: string
  /** A piece of a line too long to be held; the next segment of the span goes on with it. */
  readonly partial?: true | undefined
  /** Begins in the middle of a line: goes on with the partial segment before it. */
  readonly continues?: true | undefined
}

/** Where older segments are kept. A port; the real one is a folder. */
export interface LogArchive {
  append(segments: readonly LogSegment[]): void
  /** Segments with lines in [from, to), oldest first. Waits for what was appended. */
  read(from: number, to: number): AsyncIterable<readonly LogSegment[]>
  /** First line that is still kept; above 0 when the oldest chunk was dropped. */
  firstSeq(): number
  close(): Promise<void>
}

export interface LogQuery {
  readonly resources?: readonly string[] | undefined
  readonly source?: LogSource | 'all' | undefined
  /** This level and those above it. */
  readonly minLevel?: LogLevel | undefined
  readonly since?: Millis | undefined
  /** Only the last so many lines, after all other filters. */
  readonly tail?: number | undefined
  /** First line. @default 0 */
  readonly fromSeq?: number | undefined
}

export interface LogStore {
  /** Declares a span. Again with the same id: no change. */
  span(span: LogSpan): void
  /** Takes output as it comes; lines are cut here. `level` absent: judged from each line's own text. */
  append(spanId: string, text: string, level?: LogLevel): void
  /** Ends the span's last line if it had no line end. */
  flush(spanId: string): void
  /** From now on. */
  addSecrets(secrets: readonly SecretSpec[]): void
  /** New segments, at once, in order. A subscriber must not throw. */
  subscribe(fn: (segment: LogSegment) => void): () => void
  /** The past, from memory and archive. */
  read(query: LogQuery): AsyncIterable<readonly LogSegment[]>
  /** The last lines of a resource, from memory. */
  tail(resource: string, lines: number, source?: LogSource): readonly LogLine[]
  /** Number of the next line. */
  readonly nextSeq: number
  /** First line still to be had. */
  readonly firstSeq: number
  /** Warnings and errors of a span. */
  alerts(spanId: string): { readonly warnings: number; readonly errors: number }
}
