import { Agent } from 'node:http'
import type { RequestOptions } from 'node:https'
import type { WebSocket } from 'ws'
import { networkFailure, refused, type ServerName, unreachable } from './failure.js'
import { readText } from './read-text.js'
import type { ConnectionTls } from './tls.js'

export interface WebsocketRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly tls: ConnectionTls
  readonly proxy: string | undefined
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
  const agent = request.proxy === undefined ? undefined : await proxyAgent(request)
  const { subprotocols } = request
  // The names of some have a `/` in them, which standards forbid and `ws` does not send: those go as a plain header.
  const isPlain = subprotocols.every((name) => !name.includes('/'))
  const named = isPlain ? {} : { 'sec-websocket-protocol': subprotocols.join(', ') }
  const socket = new WebSocket(request.url, isPlain ? [...subprotocols] : [], {
    ...request.tls,
    headers: { ...request.headers, ...named },
    handshakeTimeout: request.timeoutMs,
    perMessageDeflate: false,
    ...(agent ? { agent } : {}),
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

/** Through a proxy, as client-node does it. */
async function proxyAgent(request: WebsocketRequest): Promise<Agent | undefined> {
  const { KubeConfig } = await import('./client-node.js')
  const name = 'pinned'
  const config = new KubeConfig()
  const server = request.url.replace(/^ws/, 'http')
  config.loadFromOptions({
    clusters: [{ name, server, skipTLSVerify: server.startsWith('http:'), proxyUrl: request.proxy }],
    users: [{ name }],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  })
  const options: RequestOptions = { headers: {}, ...request.tls }
  await config.applyToHTTPSOptions(options)
  return options.agent instanceof Agent ? options.agent : undefined
}
