import { type LogQuery, type LogSegment, logFilter } from '@tiltts/core/logs'
import type { LogLine } from '@tiltts/spec'
import { type ByteText, bytesOf } from './log-bytes.js'
import { createJsonForm } from './log-json.js'
import { lineSegments } from './log-line-segments.js'
import { createLogPrefixes } from './log-prefix.js'
import { createTextForm } from './log-text.js'

export interface LogPrinterOptions extends Pick<LogQuery, 'resources' | 'source' | 'minLevel'> {
  /** Gets output in UTF-8, in large pieces. */
  readonly write: (bytes: Uint8Array) => void
  /** Whether the output shows colours; else they are taken out. */
  readonly colour: boolean
  /** JSON lines instead of text. @default false */
  readonly json?: boolean | undefined
  /** Names of resources, as far as they are known. More can come by `know`. */
  readonly names?: Iterable<string> | undefined
}

/** Turns log segments into output, in the order in which they are given. */
export interface LogPrinter {
  print(segment: LogSegment): void
  /** The same for lines as they come over the wire. */
  printLines(lines: readonly LogLine[]): void
  /** Makes room for the names of these resources. */
  know(names: Iterable<string>): void
  /** Writes at once what would be written at the end of this turn. To be called before the process ends. */
  flush(): void
  /** Ends an unfinished line, and flushes. */
  end(): void
}

/** How segments look. */
export interface LogForm {
  format(segment: LogSegment): ByteText
  /** What is left when no more comes. */
  end(): ByteText
}

/** Output is gathered up to so many characters. */
const batch = 64 * 1024

/**
 * A printer that shows what passes the filters. `minLevel` is `info` by default. With exactly one resource selected,
 * lines have no prefix.
 */
export function createLogPrinter(options: LogPrinterOptions): LogPrinter {
  const { write, colour, resources } = options
  const passes = logFilter({ resources, source: options.source, minLevel: options.minLevel ?? 'info' })
  const prefixes = createLogPrefixes()
  prefixes.know(options.names ?? [])
  const form = options.json
    ? createJsonForm()
    : createTextForm({ colour, prefixes: resources?.length === 1 ? undefined : prefixes })
  let waiting: ByteText = ''
  let scheduled = false

  function flush(): void {
    const text = waiting
    waiting = ''
    if (text !== '') write(bytesOf(text))
  }

  function put(text: ByteText): void {
    waiting += text
    if (waiting.length >= batch) flush()
    else if (waiting !== '' && !scheduled) {
      scheduled = true
      queueMicrotask(() => {
        scheduled = false
        flush()
      })
    }
  }

  function print(segment: LogSegment): void {
    if (passes(segment)) put(form.format(segment))
  }

  return {
    print,
    printLines(lines) {
      for (const segment of lineSegments(lines)) print(segment)
    },
    know: prefixes.know,
    flush,
    end() {
      put(form.end())
      flush()
    },
  }
}
