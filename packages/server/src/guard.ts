import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { Context, Next } from 'hono'
import { parse } from 'hono/utils/cookie'
import { ApiError } from './rest/api-error.js'

type Guard = (c: Context, next: Next) => Promise<void>

/** Hosts by which a session on this machine may be called. Any other name may have been rebound to it by a stranger. */
const localHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Name of the cookie in which a browser keeps the token. */
export const tokenCookie = 'Tilt-Token'

/** A header of a request by its name in lower case, however the request came. */
export type HeaderOf = (name: string) => string | undefined

export interface WebGuardOptions {
  readonly token: string
  /** The host the server listens on, allowed as `Host`, too. */
  readonly host: string
}

/** Refuses whoever lacks the user's token, comes by another host name, or comes from a page of another origin. */
export function webGuard(options: WebGuardOptions): Guard {
  return async (c, next) => {
    const header: HeaderOf = (name) => c.req.header(name)
    checkOrigin(header, options.host)
    checkToken(header, options.token)
    await next()
  }
}

/** Throws an ApiError 403 unless the headers bring the user's token, or the user has turned that check off. */
export function checkToken(header: HeaderOf, token: string): void {
  if (process.env['TILT_DISABLE_HUD_AUTH'] === '1') return
  const given = header('x-tilt-token') ?? bearer(header) ?? parse(header('cookie') ?? '', tokenCookie)[tokenCookie]
  if (given === undefined) throw new ApiError(403, 'Forbidden', 'missing session token')
  if (!isSame(given, token)) throw new ApiError(403, 'Forbidden', 'invalid session token')
}

/** Refuses whoever lacks this session's own bearer token, as Kubernetes does. */
export function bearerGuard(token: string): Guard {
  return async (c, next) => {
    const given = bearer((name) => c.req.header(name))
    if (given === undefined) {
      const message = `forbidden: User "system:anonymous" cannot ${c.req.method.toLowerCase()} path "${c.req.path}"`
      throw new ApiError(403, 'Forbidden', message)
    }
    if (!isSame(given, token)) throw new ApiError(401, 'Unauthorized', 'Unauthorized')
    await next()
  }
}

/** Throws an ApiError 403 for a host name that is not this server's, and for a page of another origin. */
export function checkOrigin(header: HeaderOf, host: string): void {
  const called = header('host') ?? ''
  const name = hostName(called)
  if (!localHosts.has(name) && name !== host && !(isAnyAddress(host) && isAddress(name)))
    throw new ApiError(403, 'Forbidden', `this server does not answer to the host ${name}`)
  const origin = header('origin')
  if (origin !== undefined && !(URL.canParse(origin) && new URL(origin).host === called))
    throw new ApiError(403, 'Forbidden', 'cross-origin request forbidden')
}

/** Whether a request calls this machine by a name that nobody can point elsewhere. */
export function isLocalHost(header: HeaderOf): boolean {
  return localHosts.has(hostName(header('host') ?? ''))
}

/** Compares in a time that does not tell how much is right. */
export function isSame(given: string, right: string): boolean {
  return timingSafeEqual(digest(given), digest(right))
}

const hostName = (called: string): string => called.replace(/:\d+$/, '').toLowerCase()

/** Whether a server that listens on this host is reached by all addresses of its machine. */
const isAnyAddress = (host: string): boolean => host === '0.0.0.0' || host === '::'

/** An address, unlike a name, cannot be rebound to another machine. */
const isAddress = (name: string): boolean => isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0

const bearer = (header: HeaderOf): string | undefined => /^Bearer (.+)$/i.exec(header('authorization') ?? '')?.[1]

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
