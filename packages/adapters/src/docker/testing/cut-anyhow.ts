/** Bytes in pieces of these lengths, over and over. */
export function cutAnyhow(bytes: Buffer, lengths: readonly number[]): readonly Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = 1 + (lengths[turn % Math.max(1, lengths.length)] ?? bytes.length)
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}
