/** An entry of a tar stream. A `link` is symbolic; what has neither that nor a `content` is a folder. */
export interface TarEntry {
  readonly name: string
  readonly content?: string | Uint8Array
  readonly link?: string
  readonly mode?: number
  /** Seconds since 1970. */
  readonly mtime?: number
  readonly uid?: number
}

const blockSize = 512
const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`

/** A tar stream of a few entries, block by block as a producer on the way would yield it. */
export async function* tar(...entries: readonly TarEntry[]): AsyncIterable<Uint8Array> {
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '')
    yield header(entry, content.length)
    yield content
    yield Buffer.alloc((blockSize - (content.length % blockSize)) % blockSize)
  }
  yield Buffer.alloc(2 * blockSize)
}

/** The block in front of an entry's content. */
export function header(entry: TarEntry, size: number): Uint8Array {
  const block = Buffer.alloc(blockSize)
  const type = entry.link !== undefined ? '2' : entry.content !== undefined ? '0' : '5'
  block.write(entry.name, 0, 100)
  block.write(octal(entry.mode ?? (type === '5' ? 0o755 : 0o644), 8), 100)
  block.write(octal(entry.uid ?? 0, 8), 108)
  block.write(octal(entry.uid ?? 0, 8), 116)
  block.write(octal(size, 12), 124)
  block.write(octal(entry.mtime ?? 1_700_000_000, 12), 136)
  block.write(' '.repeat(8), 148)
  block.write(type, 156)
  block.write(entry.link ?? '', 157, 100)
  block.write('ustar\x0000', 257)
  block.write(
    octal(
      block.reduce((sum, byte) => sum + byte, 0),
      7,
    ),
    148,
  )
  return block
}
