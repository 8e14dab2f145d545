import { createHash, hash } from 'node:crypto'
import { closeSync, open as openFile, read } from 'node:fs'
import { type FileHandle, lstat, open, readlink } from 'node:fs/promises'
import { InfraError } from '@tiltts/spec'
import { isGone } from '../files/system-error.js'

/** Larger files are read piece by piece. */
const WHOLE_BYTES = 1024 * 1024

/** What stands at a path here, ready to be sent. */
export type LocalEntry =
  /** Gone meanwhile, or a device, pipe or socket. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'folder'; readonly mode: number; readonly mtimeMs: number }
  | { readonly kind: 'link'; readonly mode: number; readonly mtimeMs: number; readonly target: string }
  | {
      readonly kind: 'file'
      readonly mode: number
      readonly mtimeMs: number
      readonly size: number
      /** Exactly `size` bytes. `hash` gets theirs at the end. Rejects when the file has become shorter. */
      readonly body: (onHash: (hash: string) => void) => AsyncIterable<Buffer>
    }

/** Small files are read whole, so that their size is that of what was read, whatever happens to them meanwhile. */
export async function readLocalEntry(path: string): Promise<LocalEntry> {
  try {
    const stat = await lstat(path)
    const { mtimeMs } = stat
    const mode = stat.mode & 0o7777
    if (stat.isDirectory()) return { kind: 'folder', mode, mtimeMs }
    if (stat.isSymbolicLink()) return { kind: 'link', mode: 0o777, mtimeMs, target: await readlink(path) }
    if (!stat.isFile()) return { kind: 'absent' }
    const { size } = stat
    const whole = await readSettled(path, size)
    if (!whole) return { kind: 'file', mode, mtimeMs, size, body: (onHash) => readPieces(path, size, onHash) }
    return { kind: 'file', mode, mtimeMs, size: whole.length, body: (onHash) => onePiece(whole, onHash) }
  } catch (error) {
    if (isGone(error)) return { kind: 'absent' }
    throw unreadable(path, error)
  }
}

/** SHA-256 of a link, as channels tell it. */
export function linkHash(target: string): string {
  return hash('sha256', `link:${target}`)
}

/** Whether a file became shorter while it was sent: all has to be sent again. */
export function isShorterFile(error: unknown): boolean {
  return error instanceof Error && shorterFiles.has(error)
}

const shorterFiles = new WeakSet<Error>()

function shorterFile(path: string): InfraError {
  const error = new InfraError('container/copy-failed', 'files', `${path} became shorter while it was copied`)
  shorterFiles.add(error)
  return error
}

/**
 * `undefined` when its size is another meanwhile. One read into room for a byte more takes half the time of `readFile`,
 * which matters for thousands of small files.
 */
function readWhole(path: string, size: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    openFile(path, (openError, handle) => {
      if (openError) return reject(openError)
      const buffer = Buffer.allocUnsafe(size + 1)
      read(handle, buffer, 0, buffer.length, 0, (readError, length) => {
        closeSync(handle)
        if (readError) reject(readError)
        else resolve(length === size ? buffer.subarray(0, length) : undefined)
      })
    })
  })
}

/** Again, when it changes while it is looked at. */
async function readSettled(path: string, size: number): Promise<Buffer | undefined> {
  let expected = size
  for (let attempt = 0; attempt < 5 && expected <= WHOLE_BYTES; attempt++) {
    const whole = await readWhole(path, expected)
    if (whole) return whole
    expected = (await lstat(path)).size
  }
  return undefined
}

async function* onePiece(whole: Buffer, onHash: (hash: string) => void): AsyncGenerator<Buffer> {
  yield whole
  onHash(hash('sha256', whole))
}

async function* readPieces(path: string, size: number, onHash: (hash: string) => void): AsyncGenerator<Buffer> {
  const sum = createHash('sha256')
  let file: FileHandle | undefined
  try {
    file = await open(path)
    for (let left = size; left > 0; ) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(Math.min(left, WHOLE_BYTES / 4)) })
      if (bytesRead === 0) throw shorterFile(path)
      const piece = buffer.subarray(0, bytesRead)
      sum.update(piece)
      left -= bytesRead
      yield piece
    }
    onHash(sum.digest('hex'))
  } catch (error) {
    if (isGone(error)) throw shorterFile(path)
    throw isShorterFile(error) ? error : unreadable(path, error)
  } finally {
    await file?.close()
  }
}

function unreadable(path: string, error: unknown): InfraError {
  const message = `${path} cannot be read: ${(error as Error).message}`
  return new InfraError('container/copy-failed', 'files', message, { cause: error })
}
