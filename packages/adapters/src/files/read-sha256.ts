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

/** Undefined when the file is longer than it was. Half the time of `readFile`, which matters for thousands of small files. */
function readWhole(path: string, size: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    open(path, (openError, handle) => {
      if (openError !== null) {
        reject(openError)
        return
      }
      const buffer = Buffer.allocUnsafe(size + 1)
      read(handle, buffer, 0, buffer.length, 0, (readError, length) => {
        closeSync(handle)
        if (readError !== null) reject(readError)
        else resolve(length === size ? hash('sha256', buffer.subarray(0, length)) : undefined)
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
