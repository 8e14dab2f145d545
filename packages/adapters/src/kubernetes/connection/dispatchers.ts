import { InfraError } from '@tiltts/spec'
import type { Dispatcher } from 'undici'
import type { ServerName } from './failure.js'

export interface Dispatchers {
  /** Kept connections made in this way. */
  get(tls: object): Promise<Dispatcher>
  /** A kept connection may be dead without anybody having said so: the next call makes its own. */
  renew(): void
  close(): Promise<void>
}

/** Longer than a pause between two edits, shorter than servers wait. */
const KEEP_MS = 50_000
const CONNECT_MS = 10_000

/** One pool of connections, made anew when the client's certificate has changed. */
export function createDispatchers(options: {
  readonly proxy: string | undefined
  readonly where: ServerName
}): Dispatchers {
  let pool: { readonly key: string; readonly dispatcher: Promise<Dispatcher> } | undefined
  let closed = false
  /** What still runs over old connections may end. */
  const retire = (): void => {
    pool?.dispatcher.then((dispatcher) => dispatcher.close()).catch(() => {})
    pool = undefined
  }
  const open = async (tls: object): Promise<Dispatcher> => {
    const { Agent, ProxyAgent } = await import('./undici.js')
    const common = { keepAliveTimeout: KEEP_MS, keepAliveMaxTimeout: KEEP_MS, maxResponseSize: -1 }
    if (options.proxy === undefined) return new Agent({ ...common, connect: { ...tls, timeout: CONNECT_MS } })
    if (!/^https?:/.test(options.proxy)) {
      const message = `the kubeconfig's proxy-url ${options.proxy} of ${options.where.server} is no HTTP proxy: only http:// and https:// are possible`
      throw new InfraError('kubernetes/unreachable', 'kubernetes', message)
    }
    return new ProxyAgent({ ...common, uri: options.proxy, requestTls: { ...tls, timeout: CONNECT_MS } })
  }
  return {
    async get(tls) {
      const key = JSON.stringify(tls)
      if (pool?.key !== key) {
        retire()
        const dispatcher = open(tls)
        pool = { key, dispatcher }
        dispatcher.catch(() => {
          pool = undefined
        })
      }
      const dispatcher = await pool.dispatcher
      if (closed) await dispatcher.destroy()
      return dispatcher
    },
    renew: retire,
    async close() {
      closed = true
      const open = pool
      pool = undefined
      if (open) await open.dispatcher.then((dispatcher) => dispatcher.destroy())
    },
  }
}
