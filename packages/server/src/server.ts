import { randomUUID } from 'node:crypto'
import {
  createServer as createHttpServer,
  type ServerOptions as HttpOptions,
  type RequestListener,
  type Server,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { getRequestListener } from '@hono/node-server'
import { apiApp, webApp } from './apps.js'
import type { Certificate } from './certificate.js'
import { closed, listen } from './listening.js'
import type { Served, ServerOptions } from './server-options.js'
import { type ViewSockets, viewSockets } from './web/view-socket.js'

/** The listener for clients of Kubernetes: HTTPS, on this machine only. */
export interface ApiOptions {
  readonly certificate: Certificate
  /** This session's own: every request must bring it as a bearer token. */
  readonly token: string
}

export interface RunningServer {
  /** Of the web listener. */
  readonly port: number
  /** The IP address on which the web listener is found. */
  readonly address: string
  /** Begins to answer; before that every request is told to come again. */
  serve(served: Served): void
  /** Opens the listener for clients of Kubernetes. Resolves to its port. */
  openApi(options: ApiOptions): Promise<number>
  /** Ends open streams, too. */
  close(): Promise<void>
}

/**
 * Takes the port at once, since commands are told of it, and serves the session when it is there.
 * Throws an InfraError `server/port-busy` when the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  let served: Served | undefined
  const web = lateListener()
  const limits = limitsOf(options)
  const server = createHttpServer(limits, web.listener)
  const { address, port } = await listen(server, options.host, options.port)
  const open: Server[] = [server]
  const csrf = randomUUID()
  let sockets: ViewSockets | undefined
  const answerWeb = (now: Served): void => {
    sockets = viewSockets({ ...options, csrf }, { ...now, now: options.now })
    server.on('upgrade', sockets.upgrade)
    web.answer(webApp(options, now, csrf).fetch)
  }
  const waiting: ((served: Served) => void)[] = [answerWeb]
  return {
    port,
    address,
    serve(now) {
      served = now
      for (const fn of waiting) fn(now)
    },
    async openApi({ certificate, token }) {
      const api = lateListener()
      const secure = createHttpsServer({ ...limits, ...certificate, minVersion: 'TLSv1.2' }, api.listener)
      const { port: apiPort } = await listen(secure, '127.0.0.1', 0)
      open.push(secure)
      const answer = (now: Served): void => api.answer(apiApp(token, options, now).fetch)
      if (served === undefined) waiting.push(answer)
      else answer(served)
      return apiPort
    },
    async close() {
      sockets?.close()
      await Promise.all(open.map(closed))
    },
  }
}

/** Who is slow to say what is wanted, or says too much of it, is let go. */
function limitsOf({ patience = { headMs: 10_000, requestMs: 60_000 } }: ServerOptions): HttpOptions {
  const { headMs, requestMs } = patience
  return {
    headersTimeout: headMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1_000, headMs),
    // Browsers send the cookies of everything on this host.
    maxHeaderSize: 32 << 10,
  }
}

/** A listener that tells clients to come again, until there is something to answer. */
function lateListener(): {
  readonly listener: RequestListener
  answer(fetch: Parameters<typeof getRequestListener>[0]): void
} {
  let current: RequestListener = (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end()
  return {
    listener: (request, response) => current(request, response),
    answer(fetch) {
      current = getRequestListener(fetch)
    },
  }
}
