import type { ReadStream } from 'node:tty'

/** Calls back at the next key; the returned function gives the keys back. */
export function anyKey(input: ReadStream, fn: () => void): () => void {
  input.setRawMode(true)
  input.once('data', fn)
  input.resume()
  return () => {
    input.off('data', fn)
    input.setRawMode(false)
    input.pause()
  }
}
