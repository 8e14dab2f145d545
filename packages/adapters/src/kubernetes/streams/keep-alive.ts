import type { Clock } from '@tiltts/runtime/ports'
import type { WebSocket } from 'ws'

const PING_MS = 15_000
const ANSWER_MS = 30_000

/** Cuts a connection on which the other side has gone without a word: what is silent is asked now and then. */
export function keepAlive(socket: WebSocket, clock: Clock): void {
  let heardAt = clock.now()
  let cancel = (): void => {}
  const heard = (): void => {
    heardAt = clock.now()
  }
  const look = (): void => {
    const silentMs = clock.now() - heardAt
    // While its reader is behind nothing is heard, which is nobody's fault.
    if (!socket.isPaused && silentMs >= PING_MS + ANSWER_MS) {
      socket.terminate()
      return
    }
    if (silentMs >= PING_MS) socket.ping()
    cancel = clock.timer(PING_MS, look)
  }
  socket.on('message', heard).on('pong', heard).on('ping', heard)
  socket.once('close', () => cancel())
  cancel = clock.timer(PING_MS, look)
}
