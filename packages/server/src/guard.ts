import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context, Next } from 'hono'
import { getCookie } from 'hono/cookie'
import { ApiError } from './rest/api-error.js'

type Guard = (c: Context, next: Next) => Promise<void>

/** Hosts by which a session on this machine may be called. Any other name may have been rebound to it by a stranger. */
const localHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Name of the cookie in which a browser keeps the token. */
export const tokenCookie = 'Tilt-Token'

interface WebGuardOptions {
  readonly token: string
  /** The host the server listens on, allowed as `Host`, too. */
  readonly host: string
}

/** Refuses whoever lacks the user's token, comes by another host name, or comes from a page of another origin. */
export function webGuard({ token, host }: WebGuardOptions): Guard {
  const right = digest(token)
  return async (c, next) => {
    checkOrigin(c, host)
    const given = c.req.header('x-tilt-token') ?? bearer(c) ?? getCookie(c, tokenCookie)
    if (given === undefined) throw new ApiError(403, 'Forbidden', 'missing session token')
    if (!timingSafeEqual(digest(given), right)) throw new ApiError(403, 'Forbidden', 'invalid session token')
    await next()
  }
}

/** Refuses whoever lacks this session's own bearer token, as Kubernetes does. */
export function bearerGuard(token: string): Guard {
  const right = digest(token)
  return async (c, next) => {
    const given = bearer(c)
    if (given === undefined) {
      const message = `forbidden: User "system:anonymous" cannot ${c.req.method.toLowerCase()} path "${c.req.path}"`
      throw new ApiError(403, 'Forbidden', message)
    }
    if (!timingSafeEqual(digest(given), right)) throw new ApiError(401, 'Unauthorized', 'Unauthorized')
    await next()
  }
}

/** Throws an ApiError 403 for a host name that is not this server's, and for a page of another origin. */
export function checkOrigin(c: Context, host: string): void {
  const called = c.req.header('host') ?? ''
  const name = called.replace(/:\d+$/, '')
  if (!localHosts.has(name) && name !== host)
    throw new ApiError(403, 'Forbidden', `this server does not answer to the host ${name}`)
  const origin = c.req.header('origin')
  if (origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === called))
    throw new ApiError(403, 'Forbidden', 'cross-origin request forbidden')
}

const bearer = (c: Context): string | undefined => /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]

/** Digests are compared in a time that does not tell how much is right. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
