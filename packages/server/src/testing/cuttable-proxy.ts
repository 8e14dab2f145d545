import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A port before another one, whose connections can be cut. */
export interface CuttableProxy {
  readonly port: number
  /** Ends all connections. While `refuse`, new ones are ended, too. */
  cut(options?: { readonly refuse: boolean }): void
}

/** Opens one on this machine, until the test ends. */
export async function cuttableProxy(target: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>()
  let refusing = false
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
  }
  const server = createServer((inner) => {
    keep(inner)
    if (refusing) return void inner.destroy()
    const outer = connect(target, '127.0.0.1')
    keep(outer)
    inner.pipe(outer).pipe(inner)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut: CuttableProxy['cut'] = ({ refuse } = { refuse: false }) => {
    refusing = refuse
    for (const socket of sockets) socket.destroy()
  }
  onTestFinished(() => {
    cut({ refuse: true })
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, cut }
}
