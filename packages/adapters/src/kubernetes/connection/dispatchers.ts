import type { Agent, buildConnector, Dispatcher } from 'undici'
import { openTunnel } from './proxy/open-tunnel.js'
import type { ProxyRoute } from './proxy/proxy-for.js'
import type { ConnectionTls } from './tls.js'

export interface Dispatchers {
  /**
   * Kept connections made in this way. A request waits for one of a few, since a secure connection takes longer to make than
   * most requests do; each stream has its own.
   */
  get(tls: ConnectionTls, use: 'request' | 'stream'): Promise<Dispatcher>
  /** A kept connection may be dead without anybody having said so: the next call makes its own. */
  renew(): void
  close(): Promise<void>
}

interface Pool {
  readonly tls: ConnectionTls
  readonly request: Promise<Dispatcher>
  readonly stream: Promise<Dispatcher>
}

/** Longer than a pause between two edits, shorter than servers wait. */
const KEEP_MS = 50_000
const CONNECT_MS = 10_000
/** More than updates run side by side, so that a slow admission webhook holds up nobody else. */
const REQUEST_CONNECTIONS = 16

/** Pools of connections, made anew when the client's certificate has changed. */
export function createDispatchers(proxy: ProxyRoute | undefined): Dispatchers {
  let pool: Pool | undefined
  let closed = false
  /** What still runs over old connections may end. */
  const retire = (): void => {
    for (const one of both(pool)) one.then((dispatcher) => dispatcher.close()).catch(() => {})
    pool = undefined
  }
  const open = async (tls: ConnectionTls, connections: number | null): Promise<Agent> => {
    const { Agent, buildConnector } = await import('./undici.js')
    const direct = { ...tls, timeout: CONNECT_MS }
    return new Agent({
      connections,
      keepAliveTimeout: KEEP_MS,
      keepAliveMaxTimeout: KEEP_MS,
      maxResponseSize: -1,
      connect: proxy === undefined ? direct : throughProxy(proxy, buildConnector(direct)),
    })
  }
  return {
    async get(tls, use) {
      if (pool?.tls !== tls) {
        retire()
        const opened = { tls, request: open(tls, REQUEST_CONNECTIONS), stream: open(tls, null) }
        pool = opened
        for (const one of both(opened))
          one.catch(() => {
            if (pool === opened) pool = undefined
          })
      }
      const dispatcher = await pool[use]
      if (closed) await dispatcher.destroy()
      return dispatcher
    },
    renew: retire,
    async close() {
      closed = true
      const open = both(pool)
      pool = undefined
      for (const one of open) await one.then((dispatcher) => dispatcher.destroy())
    },
  }
}

function both(pool: Pool | undefined): readonly Promise<Dispatcher>[] {
  return pool === undefined ? [] : [pool.request, pool.stream]
}

/** The secure connection to the server is made within the tunnel. */
function throughProxy(proxy: ProxyRoute, secure: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const isSecure = options.protocol === 'https:'
    const port = Number(options.port || (isSecure ? 443 : 80))
    openTunnel({ proxy, host: options.hostname, port, timeoutMs: CONNECT_MS }).then(
      (socket) => {
        if (isSecure) secure({ ...options, httpSocket: socket }, callback)
        else callback(null, socket)
      },
      (error: Error) => callback(error, null),
    )
  }
}
