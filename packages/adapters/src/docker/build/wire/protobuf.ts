/** Writes one protobuf message. Fields that hold their default are to be left out by the caller. */
export interface ProtoWriter {
  /** Of unsigned and of positive signed fields. */
  int(field: number, value: number | bigint): void
  text(field: number, value: string): void
  bytes(field: number, value: Uint8Array): void
  finish(): Buffer
}

const LENGTH_DELIMITED = 2

export function protoWriter(): ProtoWriter {
  let buffer = Buffer.allocUnsafe(128)
  let length = 0

  const room = (bytes: number): void => {
    if (length + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(2 * buffer.length, length + bytes))
    buffer.copy(larger, 0, 0, length)
    buffer = larger
  }
  const varint = (value: number | bigint): void => {
    room(10)
    length = writeVarint(buffer, length, value)
  }
  const head = (field: number, bytes: number): void => {
    varint(field * 8 + LENGTH_DELIMITED)
    varint(bytes)
    room(bytes)
  }

  return {
    int(field, value) {
      varint(field * 8)
      varint(value)
    },
    text(field, value) {
      head(field, Buffer.byteLength(value))
      length += buffer.write(value, length)
    },
    bytes(field, value) {
      head(field, value.length)
      buffer.set(value, length)
      length += value.length
    },
    finish: () => buffer.subarray(0, length),
  }
}

/** Returns where the next byte goes. */
export function writeVarint(into: Buffer, at: number, value: number | bigint): number {
  let rest = value
  let end = at
  if (typeof rest === 'bigint') {
    for (; rest > 0x7fn; rest >>= 7n) into[end++] = Number(rest & 0x7fn) | 0x80
    into[end++] = Number(rest)
    return end
  }
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) into[end++] = (rest % 128) | 0x80
  into[end++] = rest
  return end
}

/** One protobuf message that was read. What is absent has protobuf's defaults. */
export interface ProtoMessage {
  has(field: number): boolean
  /** The last value. Numbers beyond 2^53 are rounded. */
  int(field: number): number
  text(field: number): string
  bytes(field: number): Buffer
  message(field: number): ProtoMessage
  messages(field: number): readonly ProtoMessage[]
}

/** Rejects by throwing what is cut off or is no protobuf. */
export function readProto(bytes: Buffer): ProtoMessage {
  const values = new Map<number, (number | Buffer)[]>()
  let at = 0

  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('a protobuf message is cut off')
      value += (byte & 0x7f) * shift
      if (byte < 0x80) return value
    }
  }
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new Error('a protobuf message is cut off')
    at += length
    return bytes.subarray(at - length, at)
  }
  const value = (type: number): number | Buffer => {
    if (type === 0) return varint()
    if (type === 1) return Number(take(8).readBigUInt64LE())
    if (type === LENGTH_DELIMITED) return take(varint())
    if (type === 5) return take(4).readUInt32LE()
    throw new Error(`a protobuf message has a field of type ${type}`)
  }

  while (at < bytes.length) {
    const tag = varint()
    const field = Math.floor(tag / 8)
    const read = value(tag % 8)
    const before = values.get(field)
    if (before) before.push(read)
    else values.set(field, [read])
  }

  const last = (field: number): Buffer => {
    const found = values.get(field)?.at(-1)
    return typeof found === 'object' ? found : Buffer.alloc(0)
  }
  return {
    has: (field) => values.has(field),
    int(field) {
      const found = values.get(field)?.at(-1)
      return typeof found === 'number' ? found : 0
    },
    bytes: last,
    text: (field) => last(field).toString('utf8'),
    message: (field) => readProto(last(field)),
    messages: (field) =>
      (values.get(field) ?? []).flatMap((found) => (typeof found === 'object' ? readProto(found) : [])),
  }
}
