import type { LogLevel, LogLine, LogSource, Millis, SecretSpec } from '@tiltts/spec'

export interface LogSpan {
  readonly id: string
  /** Empty: the session's own. */
  readonly resource: string
  readonly source: LogSource
}

/** What some lines carry beside their text. */
export interface LogFields {
  /** `init`: the first lines of an update, which stand out and pass the filters of source and level. */
  readonly buildEvent?: string | undefined
  /** Lines of one progress display (a download, say) share it; printers show only some of them. */
  readonly progressId?: string | undefined
  /** A line of a progress display that is always shown. */
  readonly mustPrint?: true | undefined
  /** Stands for lines that are gone, whosever they were, so that it passes the filters of all but time. */
  readonly gap?: true | undefined
}

/** Whole lines of one span and one level that came together. What is stored, handed on and kept on disk. */
export interface LogSegment {
  readonly span: LogSpan
  /** Number of the first line. */
  readonly seq: number
  /** How many lines; a piece of a line counts as one. */
  readonly count: number
  readonly time: Millis
  readonly level: LogLevel
  /** Ends with a line end, unless `partial`. */
  readonly text: string
  /** A piece of a line too long to be held; the next segment of the span goes on with it. */
  readonly partial?: true | undefined
  /** Begins in the middle of a line: goes on with the partial segment before it, and holds nothing else. */
  readonly continues?: true | undefined
  /** Begins a message whose level was given by its writer, not judged from its text. */
  readonly own?: true | undefined
  readonly fields?: LogFields | undefined
}

/** Where older segments are kept. A port; the real one is a folder. */
export interface LogArchive {
  append(segments: readonly LogSegment[]): void
  /** Segments with lines in [from, to), oldest first. Waits for what was appended. */
  read(from: number, to: number): AsyncIterable<readonly LogSegment[]>
  /** First line that is still kept; above 0 when the oldest chunk was dropped. */
  firstSeq(): number
  /**
   * Changes the text of all that is kept from a line on, for a secret learned late. Later reads see the change.
   * Absent: what is kept stays as it is.
   */
  redact?(from: number, change: (text: string) => string): void
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
  /**
   * Takes output as it comes; lines are cut here. `level` absent: judged from each line's own text.
   * Throws a BugError when the span was never declared.
   */
  append(spanId: string, text: string, level?: LogLevel, fields?: LogFields): void
  /** Ends the span's last line if it had no line end. */
  flush(spanId: string): void
  /**
   * Scrubs these values from all lines to come, for good, and from those kept since line `fromSeq`.
   * @default fromSeq: the next line
   */
  addSecrets(secrets: readonly SecretSpec[], fromSeq?: number): void
  /** A text that is no line of the log without the secret values known so far. */
  scrub(text: string): string
  /** New segments, at once, in order. A subscriber must not throw. */
  subscribe(fn: (segment: LogSegment) => void): () => void
  /**
   * The past up to the moment of the call, from memory and archive, each line once and in order.
   * Lines that are gone are stood for by one warning line.
   */
  read(query: LogQuery): AsyncIterable<readonly LogSegment[]>
  /** The last lines of a resource, from memory. */
  tail(resource: string, lines: number, source?: LogSource): readonly LogLine[]
  /** Number of the next line. */
  readonly nextSeq: number
  /** First line still to be had. */
  readonly firstSeq: number
  /** Warnings and errors of a span: lines judged so, and messages given so. */
  alerts(spanId: string): { readonly warnings: number; readonly errors: number }
}
