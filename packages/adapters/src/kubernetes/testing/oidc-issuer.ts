import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { certificate, key } from '../../docker/testing/certificate.js'

/** A real issuer of OIDC tokens: discovery, keys, and refresh tokens that count once. */
export interface OidcIssuer {
  readonly url: string
  /** PEM. */
  readonly authority: string
  /** What a login gives for the fields of an `auth-provider`. */
  login(options?: { readonly expiresInSeconds?: number }): Record<string, string>
  /** Refresh tokens that were asked for, in order. */
  readonly refreshed: readonly string[]
  /** The headers and form of the last refresh. */
  readonly last: () => { readonly authorization: string | undefined; readonly form: URLSearchParams } | undefined
  /** Nobody is logged in any more. */
  revoke(): void
  /** Whether a token is its own, and has not expired. */
  accepts(token: string): boolean
  close(): Promise<void>
}

export interface OidcIssuerOptions {
  readonly clientSecret?: string
  /** Of the tokens that a refresh gives. @default 3600 */
  readonly expiresInSeconds?: number
  /** Whether a refresh token counts once only. @default true */
  readonly rotates?: boolean
  /** For `localhost`; its own authority. @default one that Node accepts, and Go does not */
  readonly tls?: { readonly cert: string; readonly key: string }
}

const clientId = 'tiltts'
/** Making them takes longer than all else. Two issuers that are there at a time have keys of their own. */
const pairs: { publicKey: KeyObject; privateKey: KeyObject }[] = []
let issuers = 0
function keyPair(): { publicKey: KeyObject; privateKey: KeyObject } {
  const made = pairs[issuers++ % 2] ?? generateKeyPairSync('rsa', { modulusLength: 2048 })
  if (pairs.length < 2) pairs.push(made)
  return made
}

export async function oidcIssuer(options: OidcIssuerOptions = {}): Promise<OidcIssuer> {
  const { clientSecret = '', expiresInSeconds = 3600, rotates = true, tls = { cert: certificate, key } } = options
  const pair = keyPair()
  const jwk = pair.publicKey.export({ format: 'jwk' })
  const kid = createHash('sha256').update(String(jwk.n)).digest('hex').slice(0, 16)
  const valid = new Set<string>()
  const refreshed: string[] = []
  let last: ReturnType<OidcIssuer['last']>
  let url = ''

  const idToken = (seconds: number): string => {
    const now = Math.floor(Date.now() / 1000)
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = {
      iss: url,
      aud: clientId,
      sub: 'ann',
      iat: now - 1,
      exp: now + seconds,
      jti: randomBytes(8).toString('hex'),
    }
    const signed = `${part({ alg: 'RS256', kid, typ: 'JWT' })}.${part(claims)}`
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), pair.privateKey).toString('base64url')}`
  }
  const refreshToken = (): string => {
    const token = randomBytes(12).toString('hex')
    valid.add(token)
    return token
  }
  const isClient = (authorization: string | undefined, form: URLSearchParams): boolean => {
    if (clientSecret === '') return form.get('client_id') === clientId
    return authorization === `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  }
  const refresh = (authorization: string | undefined, form: URLSearchParams): [number, object] => {
    last = { authorization, form }
    const token = form.get('refresh_token') ?? ''
    refreshed.push(token)
    if (!isClient(authorization, form)) return [401, { error: 'invalid_client' }]
    if (form.get('grant_type') !== 'refresh_token') return [400, { error: 'unsupported_grant_type' }]
    if (!valid.has(token)) return [400, { error: 'invalid_grant', error_description: 'the session was ended' }]
    if (rotates) valid.delete(token)
    const next = rotates ? { refresh_token: refreshToken() } : {}
    return [200, { token_type: 'Bearer', access_token: 'none', id_token: idToken(expiresInSeconds), ...next }]
  }
  const answers: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => ({
      issuer: url,
      jwks_uri: `${url}/keys`,
      token_endpoint: `${url}/token`,
      authorization_endpoint: `${url}/auth`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
    '/keys': () => ({ keys: [{ ...jwk, kid, alg: 'RS256', use: 'sig' }] }),
  }
  const server = createServer(tls, (request, response) => {
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const found = answers[request.url ?? '']
    if (found) return send(200, found())
    if (request.method !== 'POST' || request.url !== '/token') return send(404, {})
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text
    })
    request.on('end', () => send(...refresh(request.headers.authorization, new URLSearchParams(body))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `https://localhost:${(server.address() as AddressInfo).port}`

  return {
    url,
    authority: tls.cert,
    login: ({ expiresInSeconds: seconds = 3600 } = {}) => ({
      'idp-issuer-url': url,
      'idp-certificate-authority-data': Buffer.from(tls.cert).toString('base64'),
      'client-id': clientId,
      ...(clientSecret !== '' && { 'client-secret': clientSecret }),
      'id-token': idToken(seconds),
      'refresh-token': refreshToken(),
    }),
    refreshed,
    last: () => last,
    revoke: () => valid.clear(),
    accepts(token) {
      const [head = '', claims = '', signature = ''] = token.split('.')
      const isOurs = verify(
        'RSA-SHA256',
        Buffer.from(`${head}.${claims}`),
        createPublicKey(pair.publicKey.export({ format: 'pem', type: 'spki' })),
        Buffer.from(signature, 'base64url'),
      )
      if (!isOurs) return false
      const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { exp: number }
      return exp * 1000 > Date.now()
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
