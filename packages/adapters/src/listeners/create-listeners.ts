import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Listeners, LocalConnection } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import { systemCode } from '../files/system-error.js'
import { portOwner } from './port-owner.js'

const PORTS_TRIED = 20

/** Ports of this machine. `localhost` is both loopback addresses, since programs try either of them first. */
export function createListeners(): Listeners {
  return {
    async listen({ host, port }, onConnection) {
      const sockets = new Set<Socket>()
      const accept = (socket: Socket): void => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
        // Who reads or writes hears of it.
        socket.on('error', () => {})
        socket.setNoDelay(true)
        onConnection(localConnection(socket))
      }
      const { servers, chosen } = await listenOnAll(host, port, accept)
      return {
        port: chosen,
        async close() {
          const closed = servers.map(closeServer)
          for (const socket of sockets) socket.destroy()
          await Promise.all(closed)
        },
      }
    },
  }
}

/** Of two addresses both have to be free: else one program would answer for the other. */
async function listenOnAll(
  host: string,
  port: number,
  accept: (socket: Socket) => void,
): Promise<{ readonly servers: readonly Server[]; readonly chosen: number }> {
  const [first, ...others] = host === 'localhost' ? ['127.0.0.1', '::1'] : [host]
  for (let attempt = 1; ; attempt++) {
    const servers: Server[] = []
    try {
      const server = await open(first ?? host, port, accept)
      servers.push(server)
      const chosen = (server.address() as AddressInfo).port
      for (const other of others) {
        const another = await open(other, chosen, accept).catch((error: unknown) => {
          // A machine without IPv6.
          if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(systemCode(error) ?? '')) return undefined
          throw error
        })
        if (another) servers.push(another)
      }
      return { servers, chosen }
    } catch (error) {
      await Promise.all(servers.map(closeServer))
      const isBusy = systemCode(error) === 'EADDRINUSE'
      if (isBusy && port === 0 && attempt < PORTS_TRIED) continue
      throw await failure(error, host, port)
    }
  }
}

function open(host: string, port: number, accept: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, accept)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve(server)
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

async function failure(error: unknown, host: string, port: number): Promise<unknown> {
  const code = systemCode(error)
  const where = `port ${port} of ${host}`
  if (code === 'EADDRINUSE') {
    const owner = await portOwner(port)
    const message = owner === undefined ? `${where} is taken by another process` : `${where} is taken by ${owner}`
    return new InfraError('port-forward/port-busy', 'network', message, { retry: true, cause: error })
  }
  const why =
    code === 'EACCES'
      ? 'this user may not listen there; choose a port from 1024 on'
      : code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
        ? 'this machine has no such address'
        : (error as Error).message
  return new InfraError('port-forward/port-busy', 'network', `cannot listen on ${where}: ${why}`, { cause: error })
}

function localConnection(socket: Socket): LocalConnection {
  const broken = (why: string): Error => new Error(`the local connection broke: ${why}`)
  return {
    input: { [Symbol.asyncIterator]: () => bytesOf(socket, broken) },
    write: (chunk) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed || socket.writableEnded) return reject(broken('it is closed'))
        socket.write(chunk, (error) => (error ? reject(broken(error.message)) : resolve()))
      }),
    end: () => void socket.end(),
    destroy: () => void socket.resetAndDestroy(),
  }
}

async function* bytesOf(socket: Socket, broken: (why: string) => Error): AsyncGenerator<Uint8Array> {
  try {
    // Left open: what is written back does not end with what is read.
    for await (const bytes of socket.iterator({ destroyOnReturn: false })) yield bytes as Buffer
  } catch (error) {
    throw broken((error as Error).message)
  }
}
