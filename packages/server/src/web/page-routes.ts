import { getConnInfo } from '@hono/node-server/conninfo'
import type { ObjectStore } from '@tiltts/core/store'
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { setCookie } from 'hono/cookie'
import {
  checkOrigin,
  checkToken,
  type HeaderOf,
  isLocalHost,
  isSame,
  tokenCookie,
  type WebGuardOptions,
} from '../guard.js'
import { ApiError } from '../rest/api-error.js'
import { resourcesPage, tokenPage } from './page.js'
import { pagePolicy } from './page-policy.js'

/** Largest form of the page, in bytes. */
const maxForm = 4 << 10

/**
 * Adds the page at `/`. A browser on this machine gets the cookie with the token when its user opened the page, and
 * anyone who brings the token as `?token=` or by the form. All others are asked for it.
 */
export function servePage(app: Hono, options: WebGuardOptions, store: ObjectStore): void {
  const { token, host } = options
  app.use('/', async (c, next) => {
    checkOrigin(headerOf(c), host)
    await next()
    pagePolicy(c)
  })

  app.get('/', (c) => {
    const given = c.req.query('token')
    if (given !== undefined) return enter(c, given, token)
    if (!isKnown(headerOf(c), token)) {
      if (!isOpenedHere(c)) return c.html(tokenPage(), 403)
      keepToken(c, token)
    }
    return c.html(resourcesPage(store.list('UIResource')))
  })

  const tooLarge = (): never => {
    throw new ApiError(413, 'RequestEntityTooLarge', `a form may have ${maxForm} bytes at most`)
  }
  app.post('/', bodyLimit({ maxSize: maxForm, onError: tooLarge }), async (c) => {
    const given = new URLSearchParams(await c.req.text()).get('token')
    return enter(c, (given ?? '').trim(), token)
  })
}

function enter(c: Context, given: string, token: string): Response | Promise<Response> {
  if (!isSame(given, token)) return c.html(tokenPage('This is not the token of this session.'), 403)
  keepToken(c, token)
  // The token is not to stay in the address.
  return c.redirect('/', 303)
}

/** No script reads it: pages of other ports of this host share its cookies. */
function keepToken(c: Context, token: string): void {
  setCookie(c, tokenCookie, token, { path: '/', sameSite: 'Strict', httpOnly: true })
}

/** Whether a browser on this machine says that its user, or this page itself, asks. */
function isOpenedHere(c: Context): boolean {
  const site = c.req.header('sec-fetch-site')
  return (
    isLoopback(getConnInfo(c).remote.address) && isLocalHost(headerOf(c)) && (site === 'none' || site === 'same-origin')
  )
}

function isLoopback(address = ''): boolean {
  const plain = address.replace(/^::ffff:/, '')
  return plain === '::1' || /^127(?:\.\d+){3}$/.test(plain)
}

function isKnown(header: HeaderOf, token: string): boolean {
  try {
    checkToken(header, token)
    return true
  } catch (error) {
    if (error instanceof ApiError) return false
    throw error
  }
}

const headerOf =
  (c: Context): HeaderOf =>
  (name) =>
    c.req.header(name)
