import { createHash, hash } from 'node:crypto'
import { closeSync, createReadStream, open, read } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { isGone } from './system-error.js'

/** Larger files are read piece by piece. */
const wholeBytes = 1024 * 1024

/** The SHA-256 of a file, in hex; undefined when it is gone. `size`: what is known of its length, in bytes. */
export type ReadSha256 = (path: string, size: number, signal?: AbortSignal) => Promise<string | undefined>

export const readSha256: ReadSha256 = async (path, size, signal) => {
  try {
    return (size < wholeBytes ? await readWhole(path, size) : undefined) ?? (await readPieces(path, signal))
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

/** Buffers of this size are used again: a tree of a gigabyte would leave a gigabyte of them to the garbage collector. */
const pooledBytes = 128 * 1024
const free: Buffer[] = []

function takeBuffer(bytes: number): Buffer {
  return bytes > pooledBytes ? Buffer.allocUnsafe(bytes) : (free.pop() ?? Buffer.allocUnsafeSlow(pooledBytes))
}

/** There are never more of them than files are open at once. */
function giveBack(buffer: Buffer): void {
  if (buffer.length === pooledBytes) free.push(buffer)
}

/** Undefined when the file is longer than it was. Half the time of `readFile`, which matters for thousands of small files. */
function readWhole(path: string, size: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    open(path, (openError, handle) => {
      if (openError !== null) {
        reject(openError)
        return
      }
      const buffer = takeBuffer(size + 1)
      read(handle, buffer, 0, size + 1, 0, (readError, length) => {
        closeSync(handle)
        if (readError !== null) reject(readError)
        else resolve(length === size ? hash('sha256', buffer.subarray(0, length)) : undefined)
        giveBack(buffer)
      })
    })
  })
}

async function readPieces(path: string, signal: AbortSignal | undefined): Promise<string> {
  const sum = createHash('sha256')
  const stream = createReadStream(path, { highWaterMark: 1024 * 1024 })
  await pipeline(stream, sum, signal === undefined ? {} : { signal })
  return sum.digest('hex')
}
