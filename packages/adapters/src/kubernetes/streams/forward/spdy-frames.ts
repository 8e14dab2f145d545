/** The frames of SPDY/3.1 that a port forward needs. */
export type SpdyFrame =
  | { readonly kind: 'data'; readonly stream: number; readonly fin: boolean; readonly payload: Buffer }
  | { readonly kind: 'reply' | 'reset' | 'other'; readonly stream: number; readonly fin: boolean }
  | { readonly kind: 'ping'; readonly id: number }
  | { readonly kind: 'goaway' }

const HEADER = 8
const CONTROL = 0x8003
const FIN = 0x01
const synStream = 1
const synReply = 2
const rstStream = 3
const ping = 6
const goaway = 7

export function dataFrame(stream: number, payload: Uint8Array, fin: boolean): Buffer {
  const frame = Buffer.allocUnsafe(HEADER + payload.length)
  frame.writeUInt32BE(stream, 0)
  frame.writeUInt32BE(((fin ? FIN : 0) << 24) | payload.length, 4)
  frame.set(payload, HEADER)
  return frame
}

export function pingFrame(id: number): Buffer {
  const body = Buffer.alloc(4)
  body.writeUInt32BE(id)
  return controlFrame(ping, 0, body)
}

/**
 * Opens a stream.
 *
 * @param isFirst of its connection: all headers of a connection are one zlib stream, which begins here. They are stored
 * in it as they are, since two of them are not worth a compressor
 */
export function openFrame(stream: number, headers: Readonly<Record<string, string>>, isFirst: boolean): Buffer {
  const pairs = Object.entries(headers)
  const block = Buffer.concat([uint32(pairs.length), ...pairs.flat().map(lengthAndText)])
  const stored = Buffer.alloc(5)
  stored.writeUInt16LE(block.length, 1)
  stored.writeUInt16LE(block.length ^ 0xffff, 3)
  const head = Buffer.concat([uint32(stream), Buffer.alloc(6)])
  return controlFrame(synStream, 0, Buffer.concat([head, isFirst ? ZLIB : NOTHING, stored, block, FLUSH]))
}

const ZLIB = Buffer.from([0x78, 0x01])
const NOTHING = Buffer.alloc(0)
/** An empty block: readers hand over what came before it. */
const FLUSH = Buffer.from([0, 0, 0, 0xff, 0xff])

function controlFrame(type: number, flags: number, body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeUInt16BE(CONTROL, 0)
  header.writeUInt16BE(type, 2)
  header.writeUInt32BE((flags << 24) | body.length, 4)
  return Buffer.concat([header, body])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function lengthAndText(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** Takes apart what comes, however the network has cut it. */
export function spdyReader(onFrame: (frame: SpdyFrame) => void): (bytes: Buffer) => void {
  let pieces: Buffer[] = []
  let size = 0
  let wanted = HEADER
  return (more) => {
    pieces.push(more)
    size += more.length
    if (size < wanted) return
    let bytes = pieces.length === 1 ? more : Buffer.concat(pieces)
    for (;;) {
      wanted = bytes.length < HEADER ? HEADER : HEADER + (bytes.readUInt32BE(4) & 0xffffff)
      if (bytes.length < wanted) break
      onFrame(frameOf(bytes.subarray(0, wanted)))
      bytes = bytes.subarray(wanted)
    }
    pieces = bytes.length === 0 ? [] : [bytes]
    size = bytes.length
  }
}

function frameOf(bytes: Buffer): SpdyFrame {
  const fin = ((bytes[4] ?? 0) & FIN) !== 0
  const first = bytes.readUInt32BE(0)
  const payload = bytes.subarray(HEADER)
  if (first < 0x80000000) return { kind: 'data', stream: first, fin, payload }
  const type = first & 0xffff
  const id = payload.length >= 4 ? payload.readUInt32BE(0) & 0x7fffffff : 0
  if (type === ping) return { kind: 'ping', id }
  if (type === goaway) return { kind: 'goaway' }
  const kind = type === synReply ? 'reply' : type === rstStream ? 'reset' : 'other'
  return { kind, stream: id, fin }
}
