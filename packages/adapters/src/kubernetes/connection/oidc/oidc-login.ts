import { InfraError } from '@tiltts/spec'
import type { Entry } from '../kubeconfig.js'

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

export function loginFailed(user: string, why: string, cause?: unknown): InfraError {
  const message = `the OIDC login of the kubeconfig's user "${user}" is over: ${why}`
  return new InfraError('kubernetes/unauthorized', 'kubernetes', message, { retry: true, cause })
}
