import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export interface ConnectProxy {
  readonly url: string
  /** `host:port` of each connection that was asked for. */
  readonly asked: readonly string[]
  /** Connections that are open now. */
  readonly open: () => number
  close(): Promise<void>
}

export interface ConnectProxyOptions {
  /** Which names it knows, and where they are: `{ 'cluster.test:443': '127.0.0.1:6443' }`. */
  readonly names?: Readonly<Record<string, string>>
  /** `user:password` that it wants to see. */
  readonly login?: string
}

/** An HTTP proxy on this machine that does nothing but CONNECT. */
export async function connectProxy({ names = {}, login }: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const held = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
  }
  const wanted = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`
  const server = createServer((_request, response) => response.writeHead(405).end())
  server.on('connect', ({ url = '', headers }, client: Socket, head) => {
    held(client)
    if (wanted !== undefined && headers['proxy-authorization'] !== wanted) {
      return void client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
    }
    asked.push(url)
    const [host = '', port = ''] = (names[url] ?? url).split(':')
    const far = connect(Number(port), host)
    held(far)
    far.once('connect', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      far.write(head)
      client.pipe(far).pipe(client)
    })
    far.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n'))
    far.once('close', () => client.destroy())
    client.once('close', () => far.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
