import { connect, createServer, type Server, type Socket } from 'node:net'

/** A door to the engine of this machine that can be shut: what is behind it goes on. */
export interface EngineProxy {
  /** As DOCKER_HOST takes it. */
  readonly host: string
  /** All connections break, and none is taken until `open`. */
  shut(): Promise<void>
  open(): Promise<void>
}

const engine = (process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '')

/** @param path of the socket to be made */
export async function engineProxy(path: string): Promise<EngineProxy> {
  const sockets = new Set<Socket>()
  let server: Server | undefined
  const proxy: EngineProxy = {
    host: `unix://${path}`,
    async open() {
      server = createServer({ allowHalfOpen: true }, (client) => {
        const upstream = connect({ path: engine, allowHalfOpen: true })
        for (const [from, to] of [
          [client, upstream],
          [upstream, client],
        ] as const) {
          sockets.add(from)
          from.pipe(to)
          from.on('error', () => to.destroy())
          from.on('close', () => {
            sockets.delete(from)
            to.destroy()
          })
        }
      })
      const listening = server
      await new Promise<void>((resolve) => listening.listen(path, resolve))
    },
    async shut() {
      const closing = server
      for (const socket of sockets) socket.destroy()
      if (closing !== undefined) await new Promise((resolve) => closing.close(resolve))
      server = undefined
    },
  }
  await proxy.open()
  return proxy
}
