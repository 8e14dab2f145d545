import { close, read } from 'node:fs'
import { openFile } from '../../../files/open-file.js'
import type { GrpcCall } from '../wire/grpc-server.js'
import { DATA_HEAD, dataPacket } from './packet.js'

const pieceBytes = 256 * 1024

/** Sends a content, or that of the file at a path, however long it is now. Resolves with that length, when the last byte has left. */
export type SendFile = (id: number, content: string | Buffer) => Promise<number>

/**
 * One file at a time goes through a buffer that is used again and again, so that a large context costs no memory. A file that is
 * gone is sent empty; that it went is a change that will be built next.
 */
export function createFileSender(call: GrpcCall): SendFile {
  const piece = Buffer.allocUnsafe(DATA_HEAD + pieceBytes + DATA_HEAD)
  const last = Buffer.allocUnsafe(DATA_HEAD)

  return async (id, content) => {
    const handle = typeof content === 'string' ? await openFile(content) : undefined
    let sent = 0
    try {
      for (;;) {
        const length = typeof content === 'string' ? await readPiece(handle, piece) : copyPiece(content, sent, piece)
        if (length === 0) break
        sent += length
        const frame = dataPacket(id, piece, length)
        // A piece that is not full is the last one, mostly: its end goes with it.
        if (length < pieceBytes) {
          await call.write(withTail(piece, frame, dataPacket(id, last, 0)))
          return sent
        }
        await call.write(frame)
      }
      await call.write(dataPacket(id, last, 0))
      return sent
    } finally {
      if (handle !== undefined) close(handle)
    }
  }
}

/** Both packets as one, in the buffer that holds the first: there is room behind it. */
function withTail(buffer: Buffer, frame: Buffer, tail: Buffer): Buffer {
  const start = frame.byteOffset - buffer.byteOffset
  const end = start + frame.length
  tail.copy(buffer, end)
  return buffer.subarray(start, end + tail.length)
}

function copyPiece(content: Buffer, from: number, into: Buffer): number {
  return content.copy(into, DATA_HEAD, from, from + pieceBytes)
}

function readPiece(handle: number | undefined, into: Buffer): Promise<number> {
  if (handle === undefined) return Promise.resolve(0)
  return new Promise((resolve, reject) => {
    read(handle, into, DATA_HEAD, pieceBytes, null, (error, length) => {
      if (error === null) resolve(length)
      else reject(error)
    })
  })
}
