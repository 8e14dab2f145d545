/** Kinds of frames, operations and results; the same numbers stand in `go/frames.go`, `go/agent.go` and `go/paths.go`. */
export const frameKind = {
  request: 1,
  body: 2,
  end: 3,
  cancel: 4,
  stdout: 16,
  stderr: 17,
  result: 18,
  done: 19,
  failed: 20,
} as const

export const operation = { ping: 1, copy: 2, remove: 3, run: 4, restart: 5, inspect: 6 } as const

export interface Frame {
  readonly kind: number
  readonly id: number
  readonly payload: Uint8Array
}

const headerSize = 9
/** The agent's longest payload. What is longer is not of the agent. */
const payloadLimit = 64 * 1024

/** Kind (1 byte), id of the request (4), length of the payload (4), big-endian; the payload follows. */
export function frameHeader(kind: number, id: number, length: number): Uint8Array {
  const header = Buffer.allocUnsafe(headerSize)
  header.writeUInt8(kind, 0)
  header.writeUInt32BE(id, 1)
  header.writeUInt32BE(length, 5)
  return header
}

/** A text with its length (4 bytes) in front. */
export function textBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text)
  const length = Buffer.allocUnsafe(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** Texts with their number (4 bytes) in front. */
export function listBytes(texts: readonly string[]): Uint8Array {
  const count = Buffer.allocUnsafe(4)
  count.writeUInt32BE(texts.length)
  return Buffer.concat([count, ...texts.map(textBytes)])
}

/**
 * Puts frames together from pieces of any size.
 *
 * @param onFrame gets each whole frame of the agent
 * @param onOther gets what came when it is no such frame, and nothing is called after that
 */
export function frameReader(
  onFrame: (frame: Frame) => void,
  onOther: (bytes: Uint8Array) => void,
): (bytes: Uint8Array) => void {
  let rest = Buffer.alloc(0)
  let broken = false
  return (bytes) => {
    if (broken) return
    rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes])
    while (rest.length > 0) {
      const kind = rest.readUInt8(0)
      const length = rest.length < headerSize ? 0 : rest.readUInt32BE(5)
      if (kind < frameKind.stdout || kind > frameKind.failed || length > payloadLimit) {
        broken = true
        return onOther(rest)
      }
      if (rest.length < headerSize + length) return
      onFrame({ kind, id: rest.readUInt32BE(1), payload: rest.subarray(headerSize, headerSize + length) })
      rest = rest.subarray(headerSize + length)
    }
  }
}
