import type { ProxyRoute } from './proxy-for.js'

export interface TunnelRequest {
  readonly proxy: ProxyRoute
  /** What the proxy shall connect to; it looks the name up itself. */
  readonly host: string
  readonly port: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}
