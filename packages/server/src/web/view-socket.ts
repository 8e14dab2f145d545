import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { checkOrigin, checkToken, type HeaderOf, isSame, type WebGuardOptions } from '../guard.js'
import { ApiError } from '../rest/api-error.js'
import { streamView, type ViewSource } from './view-stream.js'

/** The web sockets of `/ws/view`. */
export interface ViewSockets {
  /** Takes a request for a socket, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Ends all of them. */
  close(): void
}

export interface SocketOptions extends WebGuardOptions {
  /** Lets in whoever brings it as `csrf`: what `/api/websocket_token` gives to those with the user's token. */
  readonly csrf: string
}

/** What clients say is not listened to, so it is short. */
const maxMessage = 64 << 10

/** Serves views to sockets: a whole one first, then what changes. */
export function viewSockets(options: SocketOptions, source: ViewSource): ViewSockets {
  const open = new Set<WebSocket>()
  let server: Promise<WebSocketServer> | undefined
  let closed = false
  const socketServer = (): Promise<WebSocketServer> => {
    server ??= import('ws').then(
      ({ WebSocketServer }) =>
        new WebSocketServer({
          noServer: true,
          perMessageDeflate: false,
          maxPayload: maxMessage,
          clientTracking: false,
        }),
    )
    return server
  }

  function serve(socket: WebSocket): void {
    open.add(socket)
    const stop = streamView(source, {
      send: (view) => socket.send(JSON.stringify(view)),
      get waiting() {
        return socket.bufferedAmount
      },
      giveUp: () => socket.terminate(),
    })
    // What is wrong with a connection ends it, and that is told by `close`.
    socket.on('error', () => {})
    socket.on('close', () => {
      stop()
      open.delete(socket)
    })
  }

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy())
      const refusal = refusalOf(request, options)
      if (refusal !== undefined) {
        refuse(socket, refusal)
        return
      }
      socketServer().then(
        (found) => (closed ? socket.destroy() : found.handleUpgrade(request, socket, head, serve)),
        (error: Error) => refuse(socket, new ApiError(500, 'InternalError', error.message)),
      )
    },
    close() {
      closed = true
      for (const socket of open) socket.terminate()
    },
  }
}

function refusalOf(request: IncomingMessage, options: SocketOptions): ApiError | undefined {
  const header: HeaderOf = (name) => {
    const value = request.headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  try {
    checkOrigin(header, options.host)
    const [path = '', query = ''] = (request.url ?? '').split('?')
    if (path !== '/ws/view') throw new ApiError(404, 'NotFound', 'there is no socket here')
    const csrf = new URLSearchParams(query).get('csrf')
    if (csrf === null) checkToken(header, options.token)
    else if (!isSame(csrf, options.csrf)) throw new ApiError(403, 'Forbidden', 'invalid csrf token')
    return undefined
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
}

const phrases: Readonly<Record<number, string>> = { 403: 'Forbidden', 404: 'Not Found' }

function refuse(socket: Duplex, { code, message }: ApiError): void {
  const head = [
    `HTTP/1.1 ${code} ${phrases[code] ?? 'Internal Server Error'}`,
    'connection: close',
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(message)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`)
}
