import type { OutputStream } from '../container-channel/pipe.js'

const HEADER = 8

/**
 * Takes apart what an engine sends in frames: one byte for the stream, three of nothing, four for the length. Frames are
 * handed over whole, also where the network has cut them.
 */
export function frameSplitter(onFrame: (payload: Buffer, stream: OutputStream) => void): (chunk: Buffer) => void {
  let pieces: Buffer[] = []
  let held = 0
  /** Until there is so much, nothing can be done. */
  let wanted = HEADER
  return (chunk) => {
    pieces.push(chunk)
    held += chunk.length
    if (held < wanted) return
    const bytes = pieces.length === 1 ? chunk : Buffer.concat(pieces)
    let at = 0
    for (;;) {
      wanted = HEADER
      if (bytes.length - at < wanted) break
      wanted = HEADER + bytes.readUInt32BE(at + 4)
      if (bytes.length - at < wanted) break
      onFrame(bytes.subarray(at + HEADER, at + wanted), bytes[at] === 2 ? 'stderr' : 'stdout')
      at += wanted
    }
    const rest = bytes.subarray(at)
    pieces = rest.length === 0 ? [] : [rest]
    held = rest.length
  }
}
