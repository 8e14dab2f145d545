export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** One entry of a tar stream; its body follows, filled up to whole blocks. */
export interface TarEntry {
  /** Relative, with `/`. */
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link'
  /** Permission bits. */
  readonly mode: number
  readonly mtimeMs: number
  /** Of the body in bytes; 0 but for files. */
  readonly size: number
  /** Where a link points to. */
  readonly target?: string | undefined
  /** @default root */
  readonly owner?: Owner | undefined
}

export const TAR_BLOCK = 512
/** What fits into the old form. */
const NAME_BYTES = 100
const MAX_ID = 0o7777777

const types = { file: '0', folder: '5', link: '2' } as const

/**
 * The header of an entry. What the old form cannot hold (parts of seconds, long names) stands in a
 * header of its own before it (PAX). Tools compare times, so that two edits within one second must not look the same.
 */
export function tarHeader(entry: TarEntry): Buffer {
  const path = entry.kind === 'folder' ? `${entry.path}/` : entry.path
  const { uid, gid } = entry.owner ?? { uid: 0, gid: 0 }
  const records = [
    paxRecord('path', path),
    paxRecord('mtime', (entry.mtimeMs / 1000).toFixed(6)),
    entry.target === undefined ? '' : paxRecord('linkpath', entry.target),
    entry.size > 0o77777777777 ? paxRecord('size', String(entry.size)) : '',
    uid > MAX_ID ? paxRecord('uid', String(uid)) : '',
    gid > MAX_ID ? paxRecord('gid', String(gid)) : '',
  ].join('')
  const pax = Buffer.from(records)
  const extended = block({
    path: 'PaxHeader',
    type: 'x',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: pax.length,
    mtime: 0,
    target: '',
  })
  const own = block({
    path,
    type: types[entry.kind],
    mode: entry.mode,
    uid: Math.min(uid, MAX_ID),
    gid: Math.min(gid, MAX_ID),
    size: Math.min(entry.size, 0o77777777777),
    mtime: Math.max(0, Math.floor(entry.mtimeMs / 1000)),
    target: entry.target ?? '',
  })
  return Buffer.concat([extended, pax, tarPadding(pax.length), own])
}

/** What GNU's tar puts before an entry whose names do not fit into its header; empty when they do. */
export function gnuLongNames({ path, target = '' }: TarEntry): Buffer {
  const entry = (type: string, name: string): Buffer => {
    const bytes = Buffer.from(`${name}\0`)
    if (bytes.length <= NAME_BYTES) return Buffer.alloc(0)
    const header = {
      path: '././@LongLink',
      type,
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: bytes.length,
      mtime: 0,
      target: '',
    }
    return Buffer.concat([block(header), bytes, tarPadding(bytes.length)])
  }
  return Buffer.concat([entry('K', target), entry('L', path)])
}

/** What follows a body of so many bytes. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK)
}

/** What follows the last entry. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * TAR_BLOCK)
}

interface Block {
  readonly path: string
  readonly type: string
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtime: number
  readonly target: string
}

function block({ path, type, mode, uid, gid, size, mtime, target }: Block): Buffer {
  const header = Buffer.alloc(TAR_BLOCK)
  // Names that are too long for their field are cut here, and whole in the header before.
  header.write(path, 0, 100)
  header.write(octal(mode, 7), 100)
  header.write(octal(uid, 7), 108)
  header.write(octal(gid, 7), 116)
  header.write(octal(size, 11), 124)
  header.write(octal(mtime, 11), 136)
  header.write('        ', 148)
  header.write(type, 156)
  header.write(target, 157, 100)
  header.write('ustar\x0000', 257, 'latin1')
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${octal(sum, 6)}\0 `, 148, 'latin1')
  return header
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + String(rest).length
  if (rest + String(length).length !== length) length += 1
  return `${length} ${key}=${value}\n`
}
