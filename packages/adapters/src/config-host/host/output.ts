import { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import type { LogLevel } from '@tiltts/spec'

/**
 * Hands on all that the config prints, in order with the messages: `process.stdout` and `process.stderr` become streams
 * that write through. What bypasses them (children that inherit, the runtime's last words) still goes to the real ones.
 */
export function redirectOutput(write: (text: string, level: LogLevel) => void): void {
  const replace = (name: 'stdout' | 'stderr', fd: 1 | 2, level: LogLevel): void => {
    const decoder = new StringDecoder('utf8')
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, encoding, done) {
        const text =
          typeof chunk === 'string'
            ? encoding === 'utf8' || encoding === 'utf-8'
              ? chunk
              : Buffer.from(chunk, encoding).toString()
            : decoder.write(chunk)
        if (text !== '') write(text, level)
        done()
      },
    })
    // As of a pipe: libraries that look find no terminal.
    Object.assign(stream, { fd, isTTY: false })
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => stream })
  }
  replace('stdout', 1, 'info')
  replace('stderr', 2, 'warn')
}
