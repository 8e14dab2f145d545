import { closeSync, openSync, write, writeSync } from 'node:fs'
import type { Blocks } from './blocks.js'

/** When the disk is so far behind, the writer waits for it: memory stays bounded and nothing is lost. */
const maxWaiting = 8 * 1024 * 1024

/** One file that only grows. Writes are gathered, and done in the background as long as the disk keeps up. */
export interface ChunkWriter {
  /** Bytes taken, written or not. */
  readonly size: number
  /** Adds a text in UTF-8; `bytes` is its length there. */
  add(text: string, bytes: number): void
  /** Resolves when all that was added is in the file. Rejects with the error of the system. */
  flush(): Promise<void>
  /** After a flush. */
  close(): void
}

/** Creates the file. Throws the error of the system when that is refused. */
export function createChunkWriter(path: string, blocks: Blocks, onError: (error: unknown) => void): ChunkWriter {
  const file = openSync(path, 'wx', 0o600)
  let block: Buffer | undefined
  let used = 0
  let written = 0
  let work: Promise<void> = Promise.resolve()

  /** Gives the present block to the disk. */
  function seal(): void {
    if (block === undefined) return
    const full = block.subarray(0, used)
    const whole = block
    const at = written
    written += used
    used = 0
    block = undefined
    if (blocks.waiting > maxWaiting) {
      writeAllSync(file, full, at)
      blocks.giveBack(whole)
    } else work = inBackground(whole, full, at)
  }

  function inBackground(whole: Buffer, full: Buffer, at: number): Promise<void> {
    blocks.waiting += full.length
    const done = work
      .then(() => writeAll(file, full, at))
      .finally(() => {
        blocks.waiting -= full.length
        blocks.giveBack(whole)
      })
    // Whoever flushes sees the error, too; but nobody may flush for long.
    done.catch(onError)
    return done
  }

  return {
    get size() {
      return written + used
    },
    add(text, bytes) {
      if (block !== undefined && used + bytes > block.length) seal()
      block ??= blocks.take(bytes)
      used += block.write(text, used, 'utf8')
    },
    flush() {
      seal()
      return work
    },
    close: () => closeSync(file),
  }
}

function writeAllSync(file: number, bytes: Buffer, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done)
}

async function writeAll(file: number, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += await writeSome(file, bytes, done, at + done)
}

function writeSome(file: number, bytes: Buffer, from: number, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(file, bytes, from, bytes.length - from, at, (error, count) =>
      error === null ? resolve(count) : reject(error),
    )
  })
}
