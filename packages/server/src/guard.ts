import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, Next } from 'hono'
import { ApiError } from './rest/api-error.js'

/** Hosts by which a session on this machine may be called. Any other name may have been rebound to it by a stranger. */
const localHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

interface GuardOptions {
  readonly token: string
  /** The host the server listens on, allowed as `Host`, too. */
  readonly host: string
}

/** Refuses whoever lacks the token, comes by another host name, or comes from a page of another origin. */
export function guard({ token, host }: GuardOptions): (c: Context, next: Next) => Promise<void> {
  return async (c, next) => {
    const called = c.req.header('host') ?? ''
    const name = called.replace(/:\d+$/, '')
    if (!localHosts.has(name) && name !== host)
      throw new ApiError(403, 'Forbidden', `this server does not answer to the host ${name}`)
    const origin = c.req.header('origin')
    if (origin !== undefined && !sameHost(origin, called))
      throw new ApiError(403, 'Forbidden', 'cross-origin request forbidden')
    const given = c.req.header('x-tilt-token') ?? c.req.header('authorization')?.replace(/^Bearer /, '')
    if (given === undefined) throw new ApiError(401, 'Unauthorized', 'missing session token')
    if (!sameText(given, token)) throw new ApiError(401, 'Unauthorized', 'invalid session token')
    await next()
  }
}

function sameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}

/** Compares in a time that does not tell how much is right. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
