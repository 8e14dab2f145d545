import { InfraError } from '@tiltts/spec'
import type { Entry } from './kubeconfig.js'
import { isEntry } from './kubeconfig.js'
import { expiryOf } from './token-expiry.js'

export interface ProviderHeader {
  readonly authorization: string
  /** Milliseconds since the epoch. */
  readonly until: number
}

/** How long a token counts that does not say so itself. */
const UNKNOWN_MS = 60_000

/**
 * The header that an `auth-provider` of a kubeconfig gives, as those of old clouds do; OIDC has a way of its own. Their
 * library takes a third of a second to load, so it is not before one is met.
 */
export async function authProviderHeader(provider: Entry, user: string, now: number): Promise<ProviderHeader> {
  const { KubeConfig } = await import('./client-node.js')
  const name = 'pinned'
  const config = new KubeConfig()
  config.loadFromOptions({
    // No call goes there: it is only about the header.
    clusters: [{ name, server: 'https://localhost', skipTLSVerify: true }],
    users: [
      {
        name,
        authProvider: { name: provider['name'], config: isEntry(provider['config']) ? { ...provider['config'] } : {} },
      },
    ],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  })
  const options: { headers: Record<string, string> } = { headers: {} }
  try {
    await config.applyToHTTPSOptions(options)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw failed(provider, user, why, error)
  }
  const authorization = options.headers['Authorization']
  if (authorization === undefined) throw failed(provider, user, 'nobody knows it any more')
  return { authorization, until: expiryOf(authorization) ?? now + UNKNOWN_MS }
}

function failed(provider: Entry, user: string, why: string, cause?: unknown): InfraError {
  const message = `the auth-provider ${String(provider['name'])} of the kubeconfig's user "${user}" failed: ${why}`
  return new InfraError('kubernetes/unauthorized', 'kubernetes', message, { retry: true, cause })
}
