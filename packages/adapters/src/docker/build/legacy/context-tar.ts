import { closeSync, read } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { tarEnd, tarHeader, tarPadding } from '../../../container-channel/tar-header.js'
import { openFile } from '../../../files/open-file.js'
import type { ContextEntry } from '../context/context-tree.js'

/** Longest time that the walk holds the event loop, in milliseconds. */
const sliceMs = 8
/** Small files go out in pieces of this size, large ones, too. */
const pieceBytes = 128 * 1024

/**
 * Entries of a context as a tar stream. All belong to root. A file keeps the length that it has when its turn comes: what is
 * written to it meanwhile is a change that will be built next.
 */
export async function* contextTar(entries: Iterable<ContextEntry | undefined>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let size = 0
  const flush = (): Buffer => {
    const piece = Buffer.concat(held)
    held = []
    size = 0
    return piece
  }
  let until = performance.now() + sliceMs
  for (const entry of entries) {
    if (entry) {
      for await (const bytes of entryTar(entry)) {
        held.push(bytes)
        size += bytes.length
        if (size >= pieceBytes) yield flush()
      }
    }
    if (performance.now() < until) continue
    if (size > 0) yield flush()
    await nextTurn()
    until = performance.now() + sliceMs
  }
  held.push(tarEnd())
  yield flush()
}

async function* entryTar({ path, kind, mode, size, mtimeMs, target, content }: ContextEntry): AsyncGenerator<Buffer> {
  if (kind !== 'file') {
    yield tarHeader({ path, kind, mode, mtimeMs, size: 0, target })
  } else if (typeof content === 'string') {
    const handle = await openFile(content)
    if (handle === undefined) return
    try {
      yield* fileTar({ path, kind, mode, mtimeMs, size }, handle)
    } finally {
      closeSync(handle)
    }
  } else if (content !== undefined) {
    yield tarHeader({ path, kind, mode, mtimeMs, size: content.length })
    yield content
    yield tarPadding(content.length)
  }
}

type FileEntry = Parameters<typeof tarHeader>[0]

async function* fileTar(entry: FileEntry, handle: number): AsyncGenerator<Buffer> {
  yield tarHeader(entry)
  for (let left = entry.size; left > 0; ) {
    const piece = await readPiece(handle, Math.min(left, pieceBytes))
    // A file that became shorter is filled up: its length has been told already.
    const bytes = piece.length > 0 ? piece : Buffer.alloc(Math.min(left, pieceBytes))
    left -= bytes.length
    yield bytes
  }
  yield tarPadding(entry.size)
}

function readPiece(handle: number, size: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const buffer = Buffer.allocUnsafe(size)
    read(handle, buffer, 0, size, null, (error, length) => {
      if (error === null) resolve(buffer.subarray(0, length))
      else reject(error)
    })
  })
}
