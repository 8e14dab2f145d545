import type { LogChunk } from '@tiltts/runtime/ports'
import type { OutputStream } from '../container-channel/pipe.js'
import { nanoTime } from './engine-time.js'
import { frameSplitter } from './multiplexed.js'

/** A line that is longer goes out in pieces. */
const LINE_BYTES = 1024 * 1024
/** Engines cut lines that are longer than this, and put the time before each part. */
const PART_BYTES = 16 * 1024
const NEWLINE = 0x0a
const SPACE = 0x20

export interface LogLines {
  push(bytes: Buffer): void
  /** What has become whole; lines that belong together are one chunk. */
  take(): readonly LogChunk[]
  /** What is left is a line, too. */
  finish(): void
}

export interface LogLinesOptions {
  /** Whether the container has a terminal: then both outputs are one, without frames. */
  readonly terminal: boolean
  /** What is not later is left out: engines only look at it roughly, and count the moment itself. */
  readonly since: string | undefined
}

interface Line {
  readonly time: string
  readonly pieces: Buffer[]
  size: number
}

/** Takes the log stream of an engine, asked for with timestamps, apart. */
export function logLines({ terminal, since = '' }: LogLinesOptions): LogLines {
  const open: Partial<Record<OutputStream, Line>> = {}
  let ready: LogChunk[] = []

  const emit = (stream: OutputStream): void => {
    const line = open[stream]
    delete open[stream]
    if (!line || line.time <= since) return
    const text = Buffer.concat(line.pieces).toString('utf8')
    const last = ready.at(-1)
    if (last?.stream !== stream) ready.push({ text, stream, time: line.time })
    else ready[ready.length - 1] = { text: last.text + text, stream, time: line.time }
  }

  /** One part of a line, or all of it, with its time in front. */
  const part = (bytes: Buffer, stream: OutputStream): void => {
    const space = bytes.indexOf(SPACE)
    const time = space < 0 ? undefined : nanoTime(bytes.subarray(0, space).toString('latin1'))
    const text = time === undefined ? bytes : bytes.subarray(space + 1)
    let line = open[stream]
    // Parts of one line have one time.
    if (line && time !== undefined && time !== line.time) {
      emit(stream)
      line = undefined
    }
    line ??= { time: time ?? '', pieces: [], size: 0 }
    open[stream] = line
    line.pieces.push(text)
    line.size += text.length
    if (text.at(-1) === NEWLINE || line.size >= LINE_BYTES) emit(stream)
  }

  const parts = terminal ? terminalParts((bytes) => part(bytes, 'stdout')) : undefined
  const push = parts?.push ?? frameSplitter(part)
  return {
    push,
    take() {
      const taken = ready
      ready = []
      return taken
    },
    finish() {
      parts?.finish()
      emit('stdout')
      emit('stderr')
    },
  }
}

/** Cuts what has no frames into lines, and lines that are too long where the engine has cut them. */
function terminalParts(onPart: (bytes: Buffer) => void): { push(bytes: Buffer): void; finish(): void } {
  let held: Buffer = Buffer.alloc(0)
  const cut = (): number => {
    const newline = held.indexOf(NEWLINE) + 1
    const space = held.indexOf(SPACE) + 1
    const most = space + PART_BYTES
    const isCut =
      space > 0 && held.length > most && nanoTime(held.subarray(0, space - 1).toString('latin1')) !== undefined
    return isCut && (newline === 0 || newline > most) ? most : newline
  }
  return {
    push(bytes) {
      held = held.length === 0 ? bytes : Buffer.concat([held, bytes])
      for (let end = cut(); end > 0; end = cut()) {
        onPart(held.subarray(0, end))
        held = held.subarray(end)
      }
    },
    finish() {
      if (held.length > 0) onPart(held)
    },
  }
}
