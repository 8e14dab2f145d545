/** Reads the fields of a payload one after another. */
export interface Fields {
  byte(): number
  number(): number
  /** 64 bits; sizes beyond 2^53 lose their last digits. */
  large(): number
  /** A text with its length in front. */
  text(): string
  hex(length: number): string
  rest(): string
}

/** Throws a RangeError where the payload is too short. */
export function fieldsOf(payload: Uint8Array): Fields {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  let at = 0
  const skip = (length: number): number => {
    if (at + length > bytes.length) throw new RangeError('a payload of the container helper is too short')
    at += length
    return at - length
  }
  const piece = (length: number): Buffer => {
    const start = skip(length)
    return bytes.subarray(start, start + length)
  }
  const number = (): number => bytes.readUInt32BE(skip(4))
  return {
    byte: () => bytes.readUInt8(skip(1)),
    number,
    large: () => Number(bytes.readBigUInt64BE(skip(8))),
    text: () => piece(number()).toString(),
    hex: (length) => piece(length).toString('hex'),
    rest: () => piece(bytes.length - at).toString(),
  }
}
