import { readFile } from 'node:fs/promises'
import type { Clock, Processes } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import { authProviderHeader } from './auth-provider.js'
import { runExecPlugin } from './exec-plugin.js'
import { type Entry, isEntry } from './kubeconfig.js'
import type { PinnedContext } from './pinned-context.js'

/** What a call brings along to be let in. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly cert?: string | Buffer | undefined
  readonly key?: string | Buffer | undefined
}

export interface CredentialSource {
  /** Read when they are first needed, and again when they have expired. */
  current(): Promise<Credentials>
  /** These were refused: the next call of `current` reads them anew. */
  refused(credentials: Credentials): void
}

export interface CredentialOptions {
  readonly pinned: PinnedContext
  readonly processes: Processes
  readonly env: Readonly<Record<string, string>>
  readonly clock: Clock
}

interface Held {
  readonly credentials: Credentials
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** A token in a file is written anew by others while it is in use. */
const FILE_MS = 60_000
/** Nobody wants a token that expires on its way. */
const MARGIN_MS = 10_000

export function createCredentials(options: CredentialOptions): CredentialSource {
  const { clock, pinned } = options
  let reading: Promise<Held> | undefined
  let held: Held | undefined
  let user: Entry | undefined = pinned.user

  const read = async (): Promise<Held> => {
    user ??= await pinned.readUser()
    const next = await readCredentials(user, options)
    held = next
    return next
  }
  return {
    async current() {
      if (held !== undefined && held.until - MARGIN_MS > clock.now()) return held.credentials
      reading ??= read().finally(() => {
        reading = undefined
      })
      return (await reading).credentials
    },
    refused(credentials) {
      if (held?.credentials !== credentials) return
      held = undefined
      user = undefined
    },
  }
}

async function readCredentials(user: Entry, options: CredentialOptions): Promise<Held> {
  const headers: Record<string, string | string[]> = impersonation(user)
  let until = Number.POSITIVE_INFINITY
  let cert: string | Buffer | undefined = await bytes(user, 'client-certificate')
  let key: string | Buffer | undefined = await bytes(user, 'client-key')
  const authorize = (token: string): void => {
    headers['authorization'] = `Bearer ${token}`
  }
  if (isEntry(user['exec'])) {
    const given = await runExecPlugin(user['exec'], options)
    cert = given.cert ?? cert
    key = given.key ?? key
    if (given.token !== undefined) authorize(given.token)
    until = given.until
  } else if (isEntry(user['auth-provider'])) {
    const given = await authProviderHeader(user['auth-provider'], options.clock.now())
    if (given !== undefined) {
      headers['authorization'] = given.authorization
      until = given.until
    }
  }
  const { tokenFile, token, username, password } = user
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

/** What stands in the file, or in the kubeconfig itself in base64. */
export async function bytes(entry: Entry, field: string): Promise<Buffer | undefined> {
  const data = entry[`${field}-data`]
  if (typeof data === 'string' && data !== '') return Buffer.from(data, 'base64')
  const path = entry[field]
  return typeof path === 'string' && path !== '' ? await fileOf(path) : undefined
}

async function fileOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new InfraError(
      'kubernetes/unauthorized',
      'kubernetes',
      `the kubeconfig names a file that cannot be read: ${why}`,
      {
        retry: true,
        cause: error,
      },
    )
  }
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
