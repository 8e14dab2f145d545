import type { HelperStream } from '@tiltts/helper'
import type { Pipe } from './pipe.js'

/** How the agent is spoken to: stdout is its protocol, stderr are last words. */
export function helperStream(pipe: Pipe): HelperStream {
  let listener: (bytes: Uint8Array) => void = () => {}
  let said = ''
  pipe.listen((bytes, stream) => {
    if (stream === 'stdout') listener(bytes)
    else said = (said + bytes.toString('utf8')).slice(-1000)
  })
  return {
    write: pipe.write,
    onData: (heard) => {
      listener = heard
    },
    end: pipe.end,
    closed: pipe.closed.then(() => said.trim()),
  }
}
