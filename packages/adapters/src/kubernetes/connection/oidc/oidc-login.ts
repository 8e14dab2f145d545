import { InfraError } from '@tiltts/spec'
import { type Entry, isEntry } from '../kubeconfig.js'

/** What an OIDC `auth-provider` of a kubeconfig holds. */
export interface OidcLogin {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  readonly idToken: string
  readonly refreshToken: string
  /** Fields of the issuer's authority, as in a cluster entry. */
  readonly authority: Entry
}

export function oidcLogin(config: Entry): OidcLogin {
  const text = (field: string): string => {
    const value = config[field]
    return typeof value === 'string' ? value : ''
  }
  return {
    issuer: text('idp-issuer-url'),
    clientId: text('client-id'),
    clientSecret: text('client-secret'),
    idToken: text('id-token'),
    refreshToken: text('refresh-token'),
    authority: {
      'certificate-authority': text('idp-certificate-authority'),
      'certificate-authority-data': text('idp-certificate-authority-data'),
    },
  }
}

/** When a JWT expires, in milliseconds since the epoch; `undefined` when it does not say, or is none. */
export function expiryOf(token: string): number | undefined {
  const payload = token.split('.')[1]
  if (payload === undefined) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    return isEntry(claims) && typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : undefined
  } catch {
    // Not all tokens with dots are JWTs.
    return undefined
  }
}

export function loginFailed(user: string, why: string, cause?: unknown): InfraError {
  const message = `the OIDC login of the kubeconfig's user "${user}" is over: ${why}`
  return new InfraError('kubernetes/unauthorized', 'kubernetes', message, { retry: true, cause })
}
