import { type Owner, TAR_BLOCK, type TarEntry } from './tar-header.js'

/** One entry as it is read; its body has to be read, or left, before the next is asked for. */
export interface ReadEntry {
  readonly path: string
  readonly kind: TarEntry['kind'] | 'other'
  readonly size: number
  readonly target: string
  readonly owner: Owner
  readonly body: AsyncIterable<Buffer>
}

/** The entries of a tar stream as engines write them: ustar with PAX headers. Rejects when it ends too early. */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<ReadEntry> {
  const bytes = byteReader(source)
  let pax: ReadonlyMap<string, string> = new Map()
  for (;;) {
    const header = await bytes.exactly(TAR_BLOCK)
    if (header === undefined || header.every((byte) => byte === 0)) return await bytes.leave()
    const type = String.fromCharCode(header[156] ?? 0)
    const size = Number(pax.get('size') ?? sizeOf(header))
    const padding = (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK
    if (type === 'x' || type === 'g') {
      const records = (await bytes.exactly(size)) ?? Buffer.alloc(0)
      await bytes.exactly(padding)
      if (type === 'x') pax = paxRecords(records)
      continue
    }
    let left = size
    async function* body(): AsyncGenerator<Buffer> {
      while (left > 0) {
        const piece = await bytes.upTo(left)
        left -= piece.length
        yield piece
      }
    }
    yield {
      path: pax.get('path') ?? nameOf(header),
      kind: kinds[type] ?? 'other',
      size,
      target: pax.get('linkpath') ?? textOf(header, 157, 100),
      owner: { uid: idOf(header, 108, pax.get('uid')), gid: idOf(header, 116, pax.get('gid')) },
      body: body(),
    }
    while (left > 0) left -= (await bytes.upTo(left)).length
    await bytes.exactly(padding)
    pax = new Map()
  }
}

const kinds: Readonly<Record<string, TarEntry['kind']>> = { '0': 'file', '\0': 'file', '5': 'folder', '2': 'link' }

function textOf(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.subarray(0, end < 0 ? length : end).toString('utf8')
}

function nameOf(header: Buffer): string {
  const prefix = textOf(header, 345, 155)
  return prefix === '' ? textOf(header, 0, 100) : `${prefix}/${textOf(header, 0, 100)}`
}

function idOf(header: Buffer, start: number, pax: string | undefined): number {
  return pax === undefined ? Number.parseInt(textOf(header, start, 8).trim() || '0', 8) : Number(pax)
}

/** Octal, or for very large files binary with the first bit set. */
function sizeOf(header: Buffer): number {
  const field = header.subarray(124, 136)
  if (((field[0] ?? 0) & 0x80) !== 0) return Number(field.readBigUInt64BE(4))
  return Number.parseInt(textOf(header, 124, 12).trim() || '0', 8)
}

function paxRecords(bytes: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at)
    const length = Number(bytes.subarray(at, space).toString())
    if (space < 0 || !(length > 0)) break
    const [key = '', value = ''] = bytes
      .subarray(space + 1, at + length - 1)
      .toString('utf8')
      .split(/=(.*)/s)
    records.set(key, value)
    at += length
  }
  return records
}

interface ByteReader {
  /** `undefined` at the end of the stream. */
  exactly(size: number): Promise<Buffer | undefined>
  /** At least one byte. */
  upTo(size: number): Promise<Buffer>
  /** Reads on to the end, so that the connection behind it is free again. */
  leave(): Promise<void>
}

function byteReader(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]()
  let buffered: Buffer = Buffer.alloc(0)
  const more = async (): Promise<boolean> => {
    const { done, value } = await iterator.next()
    if (done) return false
    buffered = buffered.length === 0 ? Buffer.from(value) : Buffer.concat([buffered, value])
    return true
  }
  const take = (size: number): Buffer => {
    const taken = buffered.subarray(0, size)
    buffered = buffered.subarray(taken.length)
    return taken
  }
  const early = (): Error => new Error('the tar stream ended too early')
  return {
    async exactly(size) {
      while (buffered.length < size) {
        if (await more()) continue
        if (buffered.length === 0) return undefined
        throw early()
      }
      return take(size)
    },
    async upTo(size) {
      while (buffered.length === 0) if (!(await more())) throw early()
      return take(size)
    },
    async leave() {
      while (await more()) buffered = Buffer.alloc(0)
    },
  }
}
