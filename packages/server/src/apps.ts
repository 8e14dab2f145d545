import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { bearerGuard, webGuard } from './guard.js'
import { serveHealth } from './health.js'
import { serveLogs } from './logs-route.js'
import { serveOpenApi } from './openapi/routes.js'
import { serveQuestions } from './questions/serve-questions.js'
import { ApiError } from './rest/api-error.js'
import { serveDiscovery } from './rest/discovery.js'
import { serveResources } from './rest/resources.js'
import { groupPath } from './rest/served-kinds.js'
import type { Served, ServerOptions } from './server-options.js'
import { serveEngine } from './web/engine-routes.js'
import { servePage } from './web/page-routes.js'
import { serveViews } from './web/view-routes.js'

type AppOptions = Pick<ServerOptions, 'now' | 'version' | 'token' | 'host'>

/** Largest body a client may send, in bytes. */
const maxBody = 20 << 20

/**
 * What the web port answers: objects, logs and all that people see.
 *
 * @param csrf - what opens a web socket, for those with the user's token
 */
export function webApp(options: AppOptions, served: Served, csrf: string): Hono {
  const app = bareApp()
  servePage(app, options, served.store)
  app.use(webGuard(options))
  limitBodies(app)
  serveObjects(app, options, served)
  serveProxy(app, options, served)
  serveLogs(app, served.logs)
  serveViews(app, { ...served, now: options.now }, csrf)
  serveEngine(app, served.store, options.now)
  serveQuestions(app, served.store, options.now)
  return app
}

/** What the port for clients of Kubernetes answers: objects alone. */
export function apiApp(token: string, options: AppOptions, served: Served): Hono {
  const app = bareApp()
  app.use(bearerGuard(token))
  limitBodies(app)
  serveObjects(app, options, served)
  return app
}

function serveObjects(app: Hono, { version, now }: AppOptions, { store }: Served): void {
  serveHealth(app, version)
  serveDiscovery(app)
  serveOpenApi(app, version)
  serveResources(app, store, now)
}

const proxied = `/proxy${groupPath}/uibuttons`

/** Where pages of Tilt click buttons: the same objects, of that kind alone. */
function serveProxy(app: Hono, { now }: AppOptions, { store }: Served): void {
  app.use('/proxy/*', async (c, next) => {
    if (c.req.path !== proxied && !c.req.path.startsWith(`${proxied}/`))
      throw new ApiError(403, 'Forbidden', 'nothing but uibuttons is to be had by the proxy')
    await next()
  })
  serveResources(app.basePath('/proxy'), store, now)
}

/** An app that says every refusal as a Kubernetes `Status`. */
function bareApp(): Hono {
  const app = new Hono()
  app.onError((error, c) => {
    const refusal = error instanceof ApiError ? error : new ApiError(500, 'InternalError', error.message)
    return c.json(refusal.toStatus(), refusal.code as ContentfulStatusCode)
  })
  app.notFound((c) => c.json(new ApiError(404, 'NotFound', `there is nothing at ${c.req.path}`).toStatus(), 404))
  return app
}

function limitBodies(app: Hono): void {
  const tooLarge = new ApiError(413, 'RequestEntityTooLarge', `a body may have ${maxBody} bytes at most`)
  const refuse = (c: Context): Response => c.json(tooLarge.toStatus(), 413)
  const counted = bodyLimit({ maxSize: maxBody, onError: refuse })
  app.use(async (c, next) => {
    if (c.req.header('transfer-encoding') !== undefined) return counted(c, next)
    // A client is held to the length it tells. Counting would cost a quarter of what a small change takes.
    if (Number(c.req.header('content-length') ?? 0) > maxBody) return refuse(c)
    return next()
  })
}
