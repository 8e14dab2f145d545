import type { Clock } from '@tiltts/runtime/ports'
import type { Entry } from '../kubeconfig.js'
import { expiryOf } from '../token-expiry.js'
import { loginFailed, type OidcLogin, oidcLogin } from './oidc-login.js'
import { IssuerRefusal, type OidcTokens, refreshTokens } from './refresh-tokens.js'
import { saveTokens } from './save-tokens.js'

export interface OidcToken {
  readonly token: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

export interface OidcUser {
  readonly name: string
  /** The kubeconfig that it stands in. */
  readonly path: string | undefined
}

/** The token of a login, refreshed at its issuer when it has expired or `refused` is the one that the cluster refuses. */
export type OidcTokenSource = (config: Entry, refused: string | undefined) => Promise<OidcToken>

export interface OidcOptions {
  readonly clock: Clock
  readonly env: Readonly<Record<string, string>>
  readonly user: OidcUser
}

/** How long a token counts that does not say so itself. */
const UNKNOWN_MS = 60_000
/** Nobody wants a token that expires on its way. */
const MARGIN_MS = 10_000

export function oidcTokens({ clock, env, user }: OidcOptions): OidcTokenSource {
  /** What the kubeconfig said, and what came of it when it could not be written there. */
  let latest: { readonly from: OidcLogin; readonly tokens: OidcTokens } | undefined

  const current = (config: Entry): OidcLogin => {
    const login = oidcLogin(config)
    const isSame = login.idToken === latest?.from.idToken && login.refreshToken === latest.from.refreshToken
    return isSame ? { ...login, ...latest?.tokens } : login
  }
  const held = ({ idToken }: OidcTokens): OidcToken => ({
    token: idToken,
    until: expiryOf(idToken) ?? clock.now() + UNKNOWN_MS,
  })

  return async (config, refused) => {
    const login = current(config)
    const known = held(login)
    if (login.idToken !== '' && login.idToken !== refused && known.until - MARGIN_MS > clock.now()) return known
    const why = login.idToken === refused ? 'the cluster refuses its token' : 'its token has expired'
    if (login.refreshToken === '' || login.issuer === '' || login.clientId === '') {
      // The server has the last word about it, as clocks differ.
      if (login.idToken !== '' && login.idToken !== refused && known.until > clock.now()) return known
      throw loginFailed(user.name, `${why}, and there is no refresh-token; log in again`)
    }
    const tokens = await refreshTokens({ login, env }).catch((error: Error) => {
      const next = error instanceof IssuerRefusal ? '; log in again' : ''
      throw loginFailed(user.name, `${why}, and ${error.message}${next}`, error)
    })
    // Where it cannot be written, this session goes on with what it has.
    const isSaved = user.path !== undefined && (await saveTokens({ path: user.path, user: user.name, tokens }))
    latest = { from: isSaved ? { ...login, ...tokens } : oidcLogin(config), tokens }
    return held(tokens)
  }
}
