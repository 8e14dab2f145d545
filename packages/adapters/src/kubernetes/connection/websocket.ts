import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { WebSocket } from 'ws'
import { networkFailure, refused, type ServerName, unreachable } from './failure.js'
import { openTunnel } from './proxy/open-tunnel.js'
import type { ProxyRoute } from './proxy/proxy-for.js'
import { readText } from './read-text.js'
import type { ConnectionTls } from './tls.js'

export interface WebsocketRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly tls: ConnectionTls
  readonly proxy: ProxyRoute | undefined
  readonly subprotocols: readonly string[]
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly where: ServerName
}

/** Resolves once it is open. */
export async function openWebsocket(request: WebsocketRequest): Promise<WebSocket> {
  const { signal, where } = request
  const { WebSocket } = await import('ws')
  signal.throwIfAborted()
  const createConnection = request.proxy && (await throughProxy(request, request.proxy))
  const { subprotocols } = request
  // The names of some have a `/` in them, which standards forbid and `ws` does not send: those go as a plain header.
  const isPlain = subprotocols.every((name) => !name.includes('/'))
  const named = isPlain ? {} : { 'sec-websocket-protocol': subprotocols.join(', ') }
  const socket = new WebSocket(request.url, isPlain ? [...subprotocols] : [], {
    ...request.tls,
    headers: { ...request.headers, ...named },
    handshakeTimeout: request.timeoutMs,
    perMessageDeflate: false,
    ...(createConnection && { createConnection }),
  })
  if (!isPlain) {
    socket.once('upgrade', ({ headers }) => {
      const chosen = headers['sec-websocket-protocol'] ?? ''
      delete headers['sec-websocket-protocol']
      Object.defineProperty(socket, 'protocol', { value: chosen })
    })
  }
  const cut = (): void => socket.terminate()
  signal.addEventListener('abort', cut, { once: true })
  socket.once('close', () => signal.removeEventListener('abort', cut))
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      socket.off('open', opened)
      socket.off('error', failed)
      socket.off('close', closed)
      // An error without a listener would end the process.
      socket.on('error', () => {})
    }
    const opened = (): void => {
      settle()
      resolve(socket)
    }
    const failed = (error: Error): void => {
      settle()
      const late = error.message.includes('handshake has timed out')
      reject(
        late
          ? unreachable(where, `no answer within ${request.timeoutMs / 1000} s`)
          : networkFailure(error, where, signal),
      )
    }
    const closed = (): void => failed(new Error('the connection was cut'))
    socket.once('open', opened)
    socket.once('error', failed)
    socket.once('close', closed)
    socket.once('unexpected-response', (_request, response) => {
      settle()
      void readText(response, response.headers)
        .then(({ body }) => refused(response.statusCode ?? 500, body, where))
        .catch((error: unknown) => networkFailure(error, where, signal))
        .then((failure) => {
          reject(failure)
          socket.terminate()
        })
    })
  })
}

/** The secure connection to the server is made within the tunnel. */
async function throughProxy(request: WebsocketRequest, proxy: ProxyRoute): Promise<() => Socket> {
  const url = new URL(request.url)
  const isSecure = url.protocol === 'wss:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (isSecure ? 443 : 80))
  const tunnel = await openTunnel({ proxy, host, port, timeoutMs: request.timeoutMs, signal: request.signal })
  if (!isSecure) return () => tunnel
  const servername = isIP(host) === 0 ? host : ''
  return () => connectTls({ servername, ...request.tls, host, socket: tunnel })
}
