import type { CopiedEntry, CopyEntry } from '@tiltts/runtime/ports'
import { type LocalEntry, linkHash, readLocalEntry } from './local-entry.js'
import { gnuLongNames, type Owner, tarEnd, tarHeader, tarPadding } from './tar-header.js'

/** So many files are being read while one is sent. */
const AHEAD = 16
/** Thousands of small files go out in pieces of this size. */
const PIECE_BYTES = 128 * 1024

export interface TarStream {
  readonly bytes: AsyncIterable<Buffer>
  /** What was sent, in the order of the entries; complete when `bytes` has ended. */
  readonly sent: () => readonly CopiedEntry[]
}

export interface TarOptions {
  /** What the names are relative to, without a slash at the end. @default '' */
  readonly root?: string
  /** Whether a folder is to be left out: where one is already, its owner and mode would be changed. */
  readonly leavesOut?: (containerPath: string) => Promise<boolean>
  /** @default root */
  readonly ownerOf?: ((containerPath: string) => Owner) | undefined
  /** `gnu`: long names stand in a second form, too, for programs that know no PAX, as that of BusyBox. */
  readonly longNames?: 'pax' | 'gnu' | undefined
}

/** Local files as a tar stream, for a container. */
export function tarStream(
  entries: readonly CopyEntry[],
  { root = '', leavesOut, ownerOf, longNames = 'pax' }: TarOptions = {},
): TarStream {
  const hashes = new Map<number, string>()
  async function* pieces(): AsyncGenerator<Buffer> {
    let index = 0
    for await (const local of readAhead(entries)) {
      const at = index++
      const target = entries[at]?.containerPath.replace(/\/+$/, '') ?? ''
      const path = target.slice(root.length + 1)
      if (local.kind === 'absent' || path === '') continue
      if (local.kind === 'folder' && (await leavesOut?.(target))) continue
      const size = local.kind === 'file' ? local.size : 0
      const { kind, mode, mtimeMs } = local
      const owner = ownerOf?.(target)
      const header = { path, kind, mode, mtimeMs, size, owner, target: kind === 'link' ? local.target : undefined }
      if (longNames === 'gnu') yield gnuLongNames(header)
      yield tarHeader(header)
      if (local.kind === 'link') hashes.set(at, linkHash(local.target))
      if (local.kind !== 'file') continue
      yield* local.body((hash) => hashes.set(at, hash))
      yield tarPadding(size)
    }
    yield tarEnd()
  }
  return {
    bytes: inPieces(pieces()),
    sent: () =>
      entries.map((entry, index) => {
        const hash = hashes.get(index)
        return hash === undefined ? entry : { ...entry, hash }
      }),
  }
}

async function* readAhead(entries: readonly CopyEntry[]): AsyncGenerator<LocalEntry> {
  const reading: Promise<LocalEntry>[] = []
  const start = (entry: CopyEntry): void => {
    const read = readLocalEntry(entry.localPath)
    // Its turn may never come when another fails first.
    read.catch(() => {})
    reading.push(read)
  }
  for (const [index, entry] of entries.entries()) {
    start(entry)
    if (index < AHEAD) continue
    const next = reading.shift()
    if (next) yield await next
  }
  for (const next of reading) yield await next
}

async function* inPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for await (const bytes of source) {
    held.push(bytes)
    size += bytes.length
    if (size < PIECE_BYTES) continue
    yield held.length === 1 ? bytes : Buffer.concat(held)
    held = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(held)
}
