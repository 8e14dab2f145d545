import { createServer as createHttpServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { InfraError } from '@tiltts/spec'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { guard } from './guard.js'
import { serveLogs } from './logs-route.js'
import { ApiError } from './rest/api-error.js'
import { serveResources } from './rest/resources.js'

export interface ServerOptions {
  /** Every request must bring it, as `X-Tilt-Token` or as a bearer token. */
  readonly token: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly now: () => number
  readonly version: string
}

/** What is served, once the session is there. */
export interface Served {
  readonly store: ObjectStore
  readonly logs: LogStore
}

export interface RunningServer {
  readonly port: number
  /** Begins to answer; before that every request is told to come again. */
  serve(served: Served): void
  /** Ends open streams, too. */
  close(): Promise<void>
}

/** Largest body a client may send, in bytes. */
const maxBody = 20 << 20

/**
 * Takes the port at once, since commands are told of it, and serves the session when it is there.
 * Throws an InfraError `server/port-busy` when the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host } = options
  let listener: RequestListener = (_request, response) => response.writeHead(503, { 'retry-after': '1' }).end()
  const server = createHttpServer((request, response) => listener(request, response))
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const busy = error.code === 'EADDRINUSE'
      const message = busy
        ? `Port ${options.port} is taken by another program`
        : `Cannot listen on ${host}:${options.port}: ${error.message}`
      reject(new InfraError('server/port-busy', 'server', message, { cause: error }))
    })
    server.listen(options.port, host, () => resolve((server.address() as AddressInfo).port))
  })
  return {
    port,
    serve(served) {
      listener = getRequestListener(appOf(options, served).fetch)
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function appOf(options: ServerOptions, { store, logs }: Served): Hono {
  const app = new Hono()
  app.onError((error, c) => {
    const refusal = error instanceof ApiError ? error : new ApiError(500, 'InternalError', error.message)
    return c.json(refusal.toStatus(), refusal.code as ContentfulStatusCode)
  })
  app.notFound((c) => c.json(new ApiError(404, 'NotFound', `there is nothing at ${c.req.path}`).toStatus(), 404))
  app.use(guard({ token: options.token, host: options.host }))
  app.use(bodyLimit({ maxSize: maxBody, onError: () => new Response(null, { status: 413 }) }))
  app.get('/version', (c) => c.json({ gitVersion: `v${options.version}` }))
  serveResources(app, store, options.now)
  serveLogs(app, logs)
  return app
}
