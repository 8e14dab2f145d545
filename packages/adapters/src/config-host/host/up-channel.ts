import { writeSync } from 'node:fs'
import { encodeLog, encodeMessage } from '../frames.js'
import type { FromHost, HostLog } from '../protocol.js'
import { endGroup } from './end-group.js'

/** The file descriptor that the engine reads. */
export const upDescriptor = 3

/**
 * What the host tells the engine. Writes are synchronous, for three reasons: what was said before a crash has been said,
 * lines and messages keep their order, and a config that prints faster than the engine reads waits instead of filling memory.
 */
export interface UpChannel {
  send(message: FromHost): void
  log(log: HostLog): void
}

/**
 * @param lock Shared with the thread of the loader, which writes to the same descriptor: one frame at a time.
 */
export function openUpChannel(lock: Int32Array<SharedArrayBuffer>, descriptor: number = upDescriptor): UpChannel {
  const write = (frame: Buffer): void => {
    while (Atomics.compareExchange(lock, 0, 0, 1) !== 0) Atomics.wait(lock, 0, 1, 10)
    try {
      for (let at = 0; at < frame.length; ) at += writeSome(descriptor, frame, at)
    } finally {
      Atomics.store(lock, 0, 0)
      Atomics.notify(lock, 0, 1)
    }
  }
  return {
    send: (message) => write(encodeMessage(message)),
    log: (log) => write(encodeLog(log)),
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4))

function writeSome(descriptor: number, frame: Buffer, at: number): number {
  try {
    return writeSync(descriptor, frame, at)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPIPE') endGroup()
    // The descriptor blocks, except where a library of the config has switched that off: then wait for room.
    if (code !== 'EAGAIN') throw error
    Atomics.wait(pause, 0, 0, 1)
    return 0
  }
}
