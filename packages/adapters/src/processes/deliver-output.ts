import type { Readable } from 'node:stream'
import type { SpawnRequest } from '@tiltts/runtime/ports'
import { type Child, release } from './launch.js'

/** How long output may be silent, and how long it may go on, when the group is gone but somebody still holds it open. */
const QUIET_MS = 100
const LIMIT_MS = 2000

/**
 * Hands over what a process writes, decoded as UTF-8 across the seams of its pieces. The returned function waits until all
 * that the process and its group wrote has been handed over; call it once, when they are gone. A process that left the group
 * with the output still open does not hold it for ever: what such a one writes later is thrown away, but read, since a daemon
 * would die of a closed pipe.
 */
export function deliverOutput(child: Child, onOutput: SpawnRequest['onOutput']): () => Promise<void> {
  let closed = false
  let onClosed = (): void => {}
  let pieces = 0
  let listener = onOutput
  const streams: Readable[] = []
  const listen = (stream: Readable | null, name: 'stdout' | 'stderr'): void => {
    if (!stream) return
    streams.push(stream)
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      pieces++
      listener?.(text, name)
    })
    // A pipe that breaks has ended.
    stream.on('error', () => {})
  }
  listen(child.stdout, 'stdout')
  listen(child.stderr, 'stderr')
  child.onClose(() => {
    closed = true
    onClosed()
  })

  return async () => {
    if (closed) return
    const quiet = silence(() => pieces)
    onClosed = quiet.end
    await quiet.came
    if (closed) return
    listener = undefined
    for (const stream of streams) release(stream)
  }
}

/** Waits until nothing came for a while, or `end` is called. */
function silence(pieces: () => number): { readonly came: Promise<void>; readonly end: () => void } {
  let end = (): void => {}
  const came = new Promise<void>((resolve) => {
    const limit = Date.now() + LIMIT_MS
    let before = pieces()
    let timer: NodeJS.Timeout
    const look = (): void => {
      const now = pieces()
      if (now === before || Date.now() > limit) resolve()
      else pause()
      before = now
    }
    const pause = (): void => {
      // After a stall of the engine the timer comes first; what lay in the pipe meanwhile is read in the turns that follow.
      timer = setTimeout(() => setImmediate(() => setImmediate(look)), QUIET_MS)
    }
    end = () => {
      clearTimeout(timer)
      resolve()
    }
    pause()
  })
  return { came, end }
}
