/** Before each message: whether it is compressed, and its length. */
export const GRPC_HEAD = 5

export function grpcFrame(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(GRPC_HEAD + message.length)
  frame[0] = 0
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, GRPC_HEAD)
  return frame
}

/** The messages of a stream of bytes that comes in any pieces. */
export async function* grpcMessages(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  for await (const piece of stream) {
    held = held.length === 0 ? piece : Buffer.concat([held, piece])
    let at = 0
    while (held.length - at >= GRPC_HEAD) {
      if (held[at] !== 0) throw new Error('a compressed gRPC message, which nobody asked for')
      const end = at + GRPC_HEAD + held.readUInt32BE(at + 1)
      if (end > held.length) break
      yield held.subarray(at + GRPC_HEAD, end)
      at = end
    }
    held = held.subarray(at)
  }
  if (held.length > 0) throw new Error('a gRPC message is cut off')
}
