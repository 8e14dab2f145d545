import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { ConnectProxy, ConnectProxyOptions } from './connect-proxy.js'

/** A SOCKS 5 proxy on this machine. It takes its messages byte by byte, however they come. */
export async function socksProxy({ names = {}, login }: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const held = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  }
  const serve = async (client: Socket): Promise<void> => {
    const bytes = byteReader(client)
    const text = async (): Promise<string> => Buffer.from(await bytes(await bytes.one())).toString()
    await bytes.one()
    const methods = await bytes(await bytes.one())
    const method = login === undefined ? 0 : 2
    // A byte at a time, as networks may.
    for (const byte of [5, methods.includes(method) ? method : 0xff]) {
      client.write(Buffer.from([byte]))
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    if (!methods.includes(method)) return void client.end()
    if (login !== undefined) {
      await bytes.one()
      const given = `${await text()}:${await text()}`
      client.write(Buffer.from([1, given === login ? 0 : 1]))
      if (given !== login) return void client.end()
    }
    const [, , , kind] = await bytes(4)
    const host = kind === 3 ? await text() : (await bytes(kind === 1 ? 4 : 16)).join('.')
    const port = Buffer.from(await bytes(2)).readUInt16BE()
    asked.push(`${host}:${port}`)
    const [farHost = '', farPort = ''] = (names[`${host}:${port}`] ?? `${host}:${port}`).split(':')
    const far = connect(Number(farPort), farHost)
    held(far)
    far.once('error', () => client.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])))
    far.once('connect', () => {
      client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]))
      bytes.release()
      client.pipe(far).pipe(client)
    })
    far.once('close', () => client.destroy())
    client.once('close', () => far.destroy())
  }
  const server = createServer((client) => {
    held(client)
    serve(client).catch((error: Error) => client.destroy(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `socks5://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface ByteReader {
  (size: number): Promise<readonly number[]>
  one(): Promise<number>
  release(): void
}

function byteReader(socket: Socket): ByteReader {
  const held: number[] = []
  let wake = (): void => {}
  const gather = (chunk: Buffer): void => {
    held.push(...chunk)
    wake()
  }
  socket.on('data', gather)
  const read = async (size: number): Promise<readonly number[]> => {
    while (held.length < size) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return held.splice(0, size)
  }
  return Object.assign(read, {
    one: async () => (await read(1))[0] ?? 0,
    release: () => void socket.off('data', gather),
  })
}
