import { GRPC_HEAD, grpcFrame } from '../wire/grpc-frames.js'
import { protoWriter, readProto, writeVarint } from '../wire/protobuf.js'

/** What fsutil, which the builder keeps copies of folders by, sends in each message. */
export const packetType = { stat: 0, request: 1, data: 2, end: 3, error: 4 } as const

/** An entry of the context as the builder is told of it. */
export interface PacketStat {
  /** Relative, with `/`. */
  readonly path: string
  /** As Go writes modes: permission bits, and kinds in the high bits. */
  readonly mode: number
  readonly size: number
  readonly mtimeMs: number
  /** Target of a link. */
  readonly link?: string | undefined
}

/** Bits of Go's `fs.FileMode`. */
export const goMode: Readonly<Record<'folder' | 'link' | 'setuid' | 'setgid' | 'sticky', number>> = {
  folder: 2 ** 31,
  link: 2 ** 27,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  sticky: 2 ** 20,
}

export interface Packet {
  readonly type: number
  readonly id: number
  readonly text: string
}

/** Tells of an entry; `undefined` tells that all were told. Owner is root, which is what absent fields mean. */
export function statPacket(stat: PacketStat | undefined): Buffer {
  const packet = protoWriter()
  if (stat) {
    const inner = protoWriter()
    inner.text(1, stat.path)
    inner.int(2, stat.mode)
    if (stat.size > 0) inner.int(5, stat.size)
    // Nanoseconds are more than a number holds; microseconds are all that is known here.
    inner.int(6, BigInt(Math.max(0, Math.round(stat.mtimeMs * 1000))) * 1000n)
    if (stat.link !== undefined) inner.text(7, stat.link)
    packet.bytes(2, inner.finish())
  }
  return grpcFrame(packet.finish())
}

/** The sender has seen that the receiver has all. */
export function endPacket(): Buffer {
  const packet = protoWriter()
  packet.int(1, packetType.end)
  return grpcFrame(packet.finish())
}

export function errorPacket(message: string): Buffer {
  const packet = protoWriter()
  packet.int(1, packetType.error)
  packet.text(4, message)
  return grpcFrame(packet.finish())
}

/** So much room stands before the content in the buffer of a {@link dataPacket}. */
export const DATA_HEAD = 32

/**
 * A piece of a file's content, which stands in the buffer already, behind DATA_HEAD bytes; returns the frame, which lies in the
 * same buffer. No content: the file has ended.
 */
export function dataPacket(id: number, buffer: Buffer, length: number): Buffer {
  const head = Buffer.allocUnsafe(DATA_HEAD)
  let at = writeVarint(head, 0, 8)
  at = writeVarint(head, at, packetType.data)
  if (id > 0) {
    at = writeVarint(head, at, 3 * 8)
    at = writeVarint(head, at, id)
  }
  if (length > 0) {
    at = writeVarint(head, at, 4 * 8 + 2)
    at = writeVarint(head, at, length)
  }
  const start = DATA_HEAD - at - GRPC_HEAD
  buffer[start] = 0
  buffer.writeUInt32BE(at + length, start + 1)
  head.copy(buffer, start + GRPC_HEAD, 0, at)
  return buffer.subarray(start, DATA_HEAD + length)
}

/** What the builder says. */
export function readPacket(message: Buffer): Packet {
  const packet = readProto(message)
  return { type: packet.int(1), id: packet.int(3), text: packet.text(4) }
}
