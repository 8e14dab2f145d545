import { describe } from '../describe.js'
import { createDispatchers, type Dispatchers } from '../dispatchers.js'
import { isEntry } from '../kubeconfig.js'
import { proxyFor } from '../proxy/proxy-for.js'
import { readText } from '../read-text.js'
import { connectionTls } from '../tls.js'
import type { OidcLogin } from './oidc-login.js'

export interface OidcTokens {
  readonly idToken: string
  /** Some issuers give a new one each time, and take the old one no more. */
  readonly refreshToken: string
}

export interface RefreshRequest {
  readonly login: OidcLogin
  /** For proxies. */
  readonly env: Readonly<Record<string, string>>
}

/** The issuer has said no. Whoever asks again gets the same answer. */
export class IssuerRefusal extends Error {}

const ANSWER_MS = 15_000

/** New tokens from the issuer for the refresh token of a login. */
export async function refreshTokens({ login, env }: RefreshRequest): Promise<OidcTokens> {
  const discovery = new URL(`${login.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
  const metadata = await ask(discovery, login, env)
  const endpoint = metadata.body['token_endpoint']
  if (metadata.status !== 200 || typeof endpoint !== 'string') {
    throw new Error(`${discovery.href} answered ${metadata.status} and names no token_endpoint`)
  }
  const methods = metadata.body['token_endpoint_auth_methods_supported']
  const { clientId, clientSecret, refreshToken } = login
  const inHeader = clientSecret !== '' && (!Array.isArray(methods) || methods.includes('client_secret_basic'))
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken })
  if (!inHeader) form.set('client_id', clientId)
  if (!inHeader && clientSecret !== '') form.set('client_secret', clientSecret)
  const { status, body } = await ask(new URL(endpoint), login, env, {
    body: form.toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(inHeader && { authorization: basic(clientId, clientSecret) }),
    },
  })
  if (status !== 200) throw refusal(status, body, login)
  const { id_token: idToken, refresh_token: next } = body
  if (typeof idToken !== 'string') throw new IssuerRefusal(`${login.issuer} gave no id_token`)
  return { idToken, refreshToken: typeof next === 'string' && next !== '' ? next : refreshToken }
}

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function ask(
  url: URL,
  { authority, issuer }: OidcLogin,
  env: RefreshRequest['env'],
  post?: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
): Promise<Answer> {
  const dispatchers: Dispatchers = createDispatchers(proxyFor(url, {}, env))
  try {
    const tls = await connectionTls({ ...authority, server: url.href })({})
    const dispatcher = await dispatchers.get(tls, 'request')
    const response = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: post ? 'POST' : 'GET',
      headers: { accept: 'application/json', 'user-agent': 'tiltts', ...post?.headers },
      body: post?.body ?? null,
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const { body } = await readText(response.body, response.headers)
    return { status: response.statusCode, body: isEntry(body) ? body : {} }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    throw new Error(`${issuer} does not answer: ${isLate ? `not within ${ANSWER_MS / 1000} s` : describe(error)}`, {
      cause: error,
    })
  } finally {
    await dispatchers.close()
  }
}

/** Both are encoded first (RFC 6749, 2.3.1). */
function basic(id: string, secret: string): string {
  const encoded = (text: string): string => new URLSearchParams({ x: text }).toString().slice('x='.length)
  return `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64')}`
}

function refusal(status: number, body: Answer['body'], { issuer }: OidcLogin): Error {
  const said = [body['error'], body['error_description']].filter((one) => typeof one === 'string').join(': ')
  const words = `${issuer} refuses the refresh token: ${said || `status ${status}`}`
  return status >= 500 ? new Error(words) : new IssuerRefusal(words)
}
