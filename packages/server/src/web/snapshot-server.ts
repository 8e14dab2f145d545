import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { checkOrigin } from '../guard.js'
import { closed, listen } from '../listening.js'
import { ApiError } from '../rest/api-error.js'
import { pagePolicy } from './page-policy.js'
import { type SnapshotFile, snapshotPage } from './snapshot-page.js'

export interface SnapshotServerOptions {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

export interface SnapshotServer {
  /** Of the page. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves a snapshot: the page at `/snapshot/local`, its JSON at `/api/snapshot/local`. Throws an InfraError
 * `server/port-busy` when the port is taken.
 */
export async function serveSnapshot(snapshot: unknown, { host, port }: SnapshotServerOptions): Promise<SnapshotServer> {
  const app = new Hono()
  app.onError((error, c) => {
    const refusal = error instanceof ApiError ? error : new ApiError(500, 'InternalError', error.message)
    return c.text(refusal.message, refusal.code === 403 ? 403 : 500)
  })
  app.use(async (c, next) => {
    checkOrigin((name) => c.req.header(name), host)
    await next()
    pagePolicy(c)
  })
  app.get('/', (c) => c.redirect('/snapshot/local'))
  app.get('/snapshot/local', (c) => c.html(snapshotPage(snapshot as SnapshotFile)))
  app.get('/api/snapshot/local', (c) => c.json(snapshot as object))
  const server = createServer(getRequestListener(app.fetch))
  const { port: taken } = await listen(server, host, port)
  return { url: `http://${host}:${taken}/snapshot/local`, close: () => closed(server) }
}
