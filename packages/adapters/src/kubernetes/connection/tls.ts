import { createSecureContext, type SecureContext } from 'node:tls'
import type { Credentials } from './credential-options.js'
import { bytes } from './entry-bytes.js'
import type { Entry } from './kubeconfig.js'

/** How a secure connection to the server is made. */
export interface ConnectionTls {
  /** Certificates and keys, read once: that takes longer than all else of a connection. */
  readonly secureContext?: SecureContext | undefined
  readonly servername?: string | undefined
  readonly rejectUnauthorized?: boolean | undefined
}

type ClientCertificate = Pick<Credentials, 'cert' | 'key'>

/** @returns the same object until the client's certificate changes */
export function connectionTls(cluster: Entry): (client: ClientCertificate) => Promise<ConnectionTls> {
  const isSecure = String(cluster['server']).startsWith('https:')
  const servername = cluster['tls-server-name']
  let authority: Promise<Buffer | undefined> | undefined
  let made: { readonly client: ClientCertificate; readonly tls: ConnectionTls } | undefined

  return async (client) => {
    authority ??= bytes(cluster, 'certificate-authority').catch((error: unknown) => {
      // It may be there the next time.
      authority = undefined
      throw error
    })
    const ca = await authority
    if (made && isSame(made.client.cert, client.cert) && isSame(made.client.key, client.key)) return made.tls
    const { cert, key } = client
    const tls = {
      ...(isSecure && {
        secureContext: createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }),
      }),
      ...(typeof servername === 'string' && servername !== '' ? { servername } : {}),
      ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
    }
    made = { client, tls }
    return tls
  }
}

function isSame(one: string | Buffer | undefined, other: string | Buffer | undefined): boolean {
  if (one === other) return true
  return one !== undefined && other !== undefined && Buffer.from(one).equals(Buffer.from(other))
}
