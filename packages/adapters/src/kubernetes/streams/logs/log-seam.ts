import type { LogChunk } from '@tiltts/runtime/ports'
import { nanoTime } from '../../../docker/engine-time.js'

/** A line that is longer goes out in pieces. */
const LINE_BYTES = 1024 * 1024
/** So many times of lines are remembered: the two outputs of a container may come in another order than their times. */
const REMEMBERED = 256
const NEWLINE = 0x0a
const SPACE = 0x20

/** How far the output of a container has been handed over, so that another stream of it can take over there. */
export interface LogSeam {
  /** What the next stream has to begin with at the latest, RFC 3339; `undefined`: the beginning. */
  since(): string | undefined
  /** A stream that begins at `since()` or earlier. What was handed over before is left out. */
  begin(): LogReader
}

export interface LogReader {
  /** What has become whole by these bytes; lines that come together are one chunk. */
  read(bytes: Buffer): LogChunk | undefined
  /** After the last byte of the container: what is left is a line, too. */
  finish(): LogChunk | undefined
}

interface OpenLine {
  readonly time: string
  readonly isOld: boolean
  /** So many bytes of it have come. */
  seen: number
}

/**
 * Lines may have the same time, to the nanosecond: then their count tells which of them are new.
 *
 * @param after what is not later is left out
 */
export function logSeam(after: string | undefined): LogSeam {
  let floor = after === undefined ? '' : (nanoTime(after) ?? '')
  let last = ''
  /** How many lines of each of the latest times were handed over. */
  const handedOver = new Map<string, number>()
  /** Of a line that was handed over in part. */
  let part = { time: '', bytes: 0 }

  const remember = (time: string): void => {
    handedOver.set(time, (handedOver.get(time) ?? 0) + 1)
    if (handedOver.size <= REMEMBERED) return
    const [oldest = ''] = handedOver.keys()
    handedOver.delete(oldest)
    if (oldest > floor) floor = oldest
  }

  const begin = (): LogReader => {
    let held: Buffer = Buffer.alloc(0)
    let line: OpenLine | undefined
    const toSkip = new Map(handedOver)
    const startFloor = floor

    const lineAt = (time: string): OpenLine => {
      const known = toSkip.get(time) ?? 0
      if (known > 0) toSkip.set(time, known - 1)
      return { time, isOld: time <= startFloor || known > 0, seen: 0 }
    }

    const take = (current: OpenLine, piece: Buffer, isEnd: boolean): Buffer => {
      const from = current.seen
      current.seen += piece.length
      if (current.isOld) return piece.subarray(piece.length)
      const done = part.time === current.time ? part.bytes : 0
      part = isEnd ? { time: '', bytes: 0 } : { time: current.time, bytes: Math.max(done, current.seen) }
      last = current.time
      if (isEnd) remember(current.time)
      return piece.subarray(Math.min(piece.length, Math.max(0, done - from)))
    }

    const drain = (all: boolean): LogChunk | undefined => {
      const fresh: Buffer[] = []
      let time = ''
      while (held.length > 0) {
        if (line === undefined) {
          const space = held.indexOf(SPACE)
          if (space < 0 && !all && held.length < LINE_BYTES) break
          const stamp = space < 0 ? undefined : nanoTime(held.subarray(0, space).toString('latin1'))
          line = lineAt(stamp ?? last)
          if (stamp !== undefined) held = held.subarray(space + 1)
        }
        const newline = held.indexOf(NEWLINE)
        if (newline < 0 && held.length < LINE_BYTES && !all) break
        const piece = held.subarray(0, newline < 0 ? held.length : newline + 1)
        const isEnd = newline >= 0 || all
        const kept = take(line, piece, isEnd)
        held = held.subarray(piece.length)
        if (kept.length > 0) {
          fresh.push(kept)
          time = line.time
        }
        if (isEnd) line = undefined
      }
      return fresh.length === 0 ? undefined : { text: Buffer.concat(fresh).toString('utf8'), stream: 'stdout', time }
    }

    return {
      read(more) {
        held = held.length === 0 ? more : Buffer.concat([held, more])
        return drain(false)
      },
      finish: () => drain(true),
    }
  }

  return { since: () => (last === '' ? after : last), begin }
}
