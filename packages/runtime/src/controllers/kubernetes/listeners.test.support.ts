import { InfraError } from '@tiltts/spec'
import type { Listeners } from '../../ports/listeners.js'

/** Ports in memory. */
export interface MemoryListeners extends Listeners {
  /** Somebody else has a port, from now on. */
  take(port: number, owner: string): void
  free(port: number): void
  isOpen(port: number): boolean
  /** Opens a connection, sends a text and the end, and waits for all that comes back. Rejects when it was broken off. */
  ask(port: number, text: string): Promise<string>
}

export function memoryListeners(): MemoryListeners {
  const open = new Map<number, (connection: Parameters<Parameters<Listeners['listen']>[1]>[0]) => void>()
  const taken = new Map<number, string>()
  let next = 40_000
  return {
    async listen({ host, port }, onConnection) {
      const owner = taken.get(port)
      if (owner !== undefined || open.has(port))
        throw new InfraError(
          'port-forward/port-busy',
          'os',
          `${host}:${port} is taken by ${owner ?? 'another forward'}`,
        )
      const own = port === 0 ? ++next : port
      open.set(own, onConnection)
      return {
        port: own,
        async close() {
          open.delete(own)
        },
      }
    },
    take: (port, owner) => void taken.set(port, owner),
    free: (port) => void taken.delete(port),
    isOpen: (port) => open.has(port),
    ask(port, text) {
      const onConnection = open.get(port)
      if (onConnection === undefined) return Promise.reject(new Error(`nobody listens on ${port}`))
      return new Promise((resolve, reject) => {
        let answer = ''
        onConnection({
          input: (async function* () {
            yield Buffer.from(text)
          })(),
          async write(chunk) {
            answer += Buffer.from(chunk).toString()
          },
          end: () => resolve(answer),
          destroy: () => reject(new Error('broken off')),
        })
      })
    },
  }
}
