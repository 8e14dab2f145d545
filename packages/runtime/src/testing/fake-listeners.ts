import { InfraError } from '@tiltts/spec'
import type { Listeners, LocalConnection } from '../ports/listeners.js'
import { type BytePipe, bytePipe } from './byte-pipe.js'

/** Ports in memory, the same for all host names. */
export interface FakeListeners extends Listeners {
  /** Opens a connection to a port, as somebody on this machine does. Throws when nobody listens there. */
  connect(port: number): FakeClient
  /** Another process takes a port. Returns how it lets go of it. */
  occupy(port: number, owner: string): () => void
  /** On which it is listened now. */
  ports(): readonly number[]
}

export interface FakeClient {
  send(text: string): void
  end(): void
  /** All that came until the other side ended; rejects when it broke off. */
  readonly received: Promise<string>
}

interface Open {
  readonly accept: (connection: LocalConnection) => void
  readonly ends: Set<() => void>
}

const FIRST_FREE = 40_000

/**
 * @example
 * const listeners = fakeListeners()
 * listeners.occupy(8080, 'node server.js (process 4711)')
 */
export function fakeListeners(): FakeListeners {
  const open = new Map<number, Open>()
  const occupied = new Map<number, string>()
  let nextFree = FIRST_FREE

  const free = (): number => {
    while (open.has(nextFree) || occupied.has(nextFree)) nextFree++
    return nextFree++
  }

  return {
    ports: () => [...open.keys()],
    occupy(port, owner) {
      occupied.set(port, owner)
      return () => void occupied.delete(port)
    },
    async listen({ host, port: wanted }, accept) {
      const port = wanted === 0 ? free() : wanted
      const owner = open.has(port) ? 'this process' : occupied.get(port)
      if (owner !== undefined) {
        const message = `port ${port} of ${host} is taken by ${owner}`
        throw new InfraError('port-forward/port-busy', 'network', message, { retry: true })
      }
      const entry: Open = { accept, ends: new Set() }
      open.set(port, entry)
      return {
        port,
        async close() {
          if (open.get(port) === entry) open.delete(port)
          for (const end of entry.ends) end()
        },
      }
    },
    connect(port) {
      const entry = open.get(port)
      if (!entry) throw new Error(`connection to port ${port} refused`)
      const there = bytePipe()
      const back = bytePipe()
      const breakOff = (): void => {
        const error = new Error('the connection was broken off')
        there.fail(error)
        back.fail(error)
      }
      entry.ends.add(breakOff)
      const received = textOf(back).finally(() => entry.ends.delete(breakOff))
      received.catch(() => {})
      queueMicrotask(() =>
        entry.accept({
          input: there.output,
          write: async (chunk) => back.push(chunk),
          end: back.end,
          destroy: breakOff,
        }),
      )
      return { send: (text) => there.push(Buffer.from(text)), end: there.end, received }
    },
  }
}

async function textOf({ output }: BytePipe): Promise<string> {
  let text = ''
  for await (const bytes of output) text += Buffer.from(bytes).toString('utf8')
  return text
}
