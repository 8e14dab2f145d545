import type { LogLevel } from '@tiltts/spec'
import type { FromHost, HostLog } from './protocol.js'

// A frame of the up channel: one byte of kind, four of length, then the payload.
// Messages are JSON. Log texts are not: a million lines have to pass here.
const headLength = 5
const messageKind = 0
const logKind = 1
const logHeadLength = 5
const levels: readonly LogLevel[] = ['debug', 'verbose', 'info', 'warn', 'error']

export function encodeMessage(message: FromHost): Buffer {
  const payload = Buffer.from(JSON.stringify(message))
  const head = Buffer.allocUnsafe(headLength)
  head.writeUInt8(messageKind, 0)
  head.writeUInt32LE(payload.length, 1)
  return Buffer.concat([head, payload])
}

export function encodeLog(log: HostLog): Buffer {
  const length = logHeadLength + Buffer.byteLength(log.text)
  const frame = Buffer.allocUnsafe(headLength + length)
  frame.writeUInt8(logKind, 0)
  frame.writeUInt32LE(length, 1)
  frame.writeUInt8(levels.indexOf(log.level), headLength)
  frame.writeUInt32LE(log.call, headLength + 1)
  frame.write(log.text, headLength + logHeadLength)
  return frame
}

export interface FrameSink {
  readonly message: (message: FromHost) => void
  readonly log: (log: HostLog) => void
}

/** Takes the bytes of the up channel as they come, and hands over each frame once it is whole. */
export function createFrameReader(sink: FrameSink): (chunk: Buffer) => void {
  let held: Buffer[] = []
  let heldLength = 0
  let needed = headLength

  const deliver = (kind: number, payload: Buffer): void => {
    if (kind === messageKind) {
      sink.message(JSON.parse(payload.toString()) as FromHost)
    } else {
      const level = levels[payload.readUInt8(0)] ?? 'info'
      sink.log({ level, call: payload.readUInt32LE(1), text: payload.toString('utf8', logHeadLength) })
    }
  }

  return (chunk) => {
    held.push(chunk)
    heldLength += chunk.length
    if (heldLength < needed) return
    const bytes = held.length === 1 ? chunk : Buffer.concat(held)
    let at = 0
    needed = headLength
    while (bytes.length - at >= headLength) {
      const length = bytes.readUInt32LE(at + 1)
      if (bytes.length - at < headLength + length) {
        needed = headLength + length
        break
      }
      deliver(bytes.readUInt8(at), bytes.subarray(at + headLength, at + headLength + length))
      at += headLength + length
    }
    const rest = bytes.subarray(at)
    held = rest.length > 0 ? [rest] : []
    heldLength = rest.length
  }
}
