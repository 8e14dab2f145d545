import { authProviderHeader } from './auth-provider.js'
import type { CredentialOptions, Credentials } from './credential-options.js'
import { bytes, fileOf } from './entry-bytes.js'
import { runExecPlugin } from './exec-plugin.js'
import { type Entry, isEntry } from './kubeconfig.js'
import { type OidcToken, oidcTokens } from './oidc/oidc-token.js'

export interface CredentialSource {
  /** Those that hold now; `undefined`: they have to be read. */
  held(): Credentials | undefined
  /** Read when they are first needed, and again when they have expired. */
  current(): Promise<Credentials>
  /** These were refused: the next call of `current` reads them anew. */
  refused(credentials: Credentials): void
  /** So were the new ones. Commands and issuers are left in peace for a while: till then `current` rejects with the error. */
  refusedAgain(credentials: Credentials, error: unknown): void
}

interface Given {
  readonly credentials: Credentials
  /** When they expire, in milliseconds since the epoch. */
  readonly until: number
}

interface Held extends Given {
  /** When others are read. */
  readonly renewAt: number
  /** By a command, or at an issuer. */
  readonly isAskedFor: boolean
}

/** A token in a file is written anew by others while it is in use. */
const FILE_MS = 60_000
/** Nobody wants a token that expires on its way. */
const MARGIN_MS = 10_000
/** Until a command or an issuer is asked again that could give nothing. */
const PAUSE_MS = 5000

export function createCredentials(options: CredentialOptions): CredentialSource {
  const { clock, pinned, env } = options
  const oidc = oidcTokens({ clock, env, user: { name: pinned.userName, path: pinned.userPath } })
  let reading: Promise<Held> | undefined
  let held: Held | undefined
  let user: Entry | undefined = pinned.user
  let refusedToken: string | undefined
  let failure: { readonly error: unknown; readonly until: number } | undefined

  const drop = (): void => {
    held = undefined
    user = undefined
  }
  const read = async (): Promise<Held> => {
    const entry = user ?? (await pinned.readUser())
    // Who refreshes a login or logs in again writes it there.
    user = isEntry(entry['auth-provider']) ? undefined : entry
    try {
      const given = await readCredentials(entry, options, (config) => oidc(config, refusedToken))
      const now = clock.now()
      // Those that hold for moments only are not asked for at every call.
      const renewAt = given.until - Math.min(MARGIN_MS, Math.max(0, given.until - now) / 2)
      held = { ...given, renewAt, isAskedFor: isAskedFor(entry) }
      failure = undefined
      return held
    } catch (error) {
      drop()
      if (isAskedFor(entry)) failure = { error, until: clock.now() + PAUSE_MS }
      throw error
    }
  }
  const heldNow = (): Held | undefined => (held !== undefined && held.renewAt > clock.now() ? held : undefined)

  return {
    held: () => heldNow()?.credentials,
    async current() {
      const now = heldNow()
      if (now !== undefined) return now.credentials
      if (failure !== undefined && failure.until > clock.now()) throw failure.error
      reading ??= read().finally(() => {
        reading = undefined
      })
      return (await reading).credentials
    },
    refused(credentials) {
      if (held?.credentials !== credentials) return
      refusedToken = bearerOf(credentials)
      drop()
    },
    refusedAgain(credentials, error) {
      if (held?.credentials !== credentials) return
      refusedToken = bearerOf(credentials)
      if (held.isAskedFor) failure = { error, until: clock.now() + PAUSE_MS }
      drop()
    },
  }
}

async function readCredentials(
  user: Entry,
  options: CredentialOptions,
  oidcToken: (config: Entry) => Promise<OidcToken>,
): Promise<Given> {
  const headers: Record<string, string | string[]> = impersonation(user)
  let until = Number.POSITIVE_INFINITY
  let cert: string | Buffer | undefined = await bytes(user, 'client-certificate')
  let key: string | Buffer | undefined = await bytes(user, 'client-key')
  const authorize = (token: string): void => {
    headers['authorization'] = `Bearer ${token}`
  }
  const { exec, 'auth-provider': provider, tokenFile, token, username, password } = user
  if (isEntry(exec)) {
    const given = await runExecPlugin(exec, options)
    cert = given.cert ?? cert
    key = given.key ?? key
    if (given.token !== undefined) authorize(given.token)
    until = given.until
  } else if (isEntry(provider)) {
    if (provider['name'] === 'oidc') {
      const given = await oidcToken(isEntry(provider['config']) ? provider['config'] : {})
      authorize(given.token)
      until = given.until
    } else {
      const given = await authProviderHeader(provider, options.pinned.userName, options.clock.now())
      headers['authorization'] = given.authorization
      until = given.until
    }
  }
  if (typeof tokenFile === 'string' && tokenFile !== '') {
    authorize((await fileOf(tokenFile)).toString('utf8').trim())
    until = options.clock.now() + FILE_MS
  } else if (typeof token === 'string' && token !== '') {
    authorize(token)
  } else if (typeof username === 'string' && username !== '') {
    const pair = Buffer.from(`${username}:${String(password ?? '')}`).toString('base64')
    headers['authorization'] = `Basic ${pair}`
  }
  return { credentials: { headers, cert, key }, until }
}

/** By a command that may open a browser, or at an issuer. */
function isAskedFor(user: Entry): boolean {
  return isEntry(user['exec']) || isEntry(user['auth-provider'])
}

/** The token that goes along with a call. */
export function bearerOf({ headers }: Credentials): string | undefined {
  return /^Bearer (.*)$/.exec(String(headers['authorization'] ?? ''))?.[1]
}

function impersonation(user: Entry): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  if (typeof user['as'] === 'string') headers['impersonate-user'] = user['as']
  if (typeof user['as-uid'] === 'string') headers['impersonate-uid'] = user['as-uid']
  const groups = user['as-groups']
  if (Array.isArray(groups)) headers['impersonate-group'] = groups.map(String)
  const extra = user['as-user-extra']
  for (const [name, values] of Object.entries(isEntry(extra) ? extra : {})) {
    headers[`impersonate-extra-${encodeURIComponent(name.toLowerCase())}`] = [values].flat().map(String)
  }
  return headers
}
