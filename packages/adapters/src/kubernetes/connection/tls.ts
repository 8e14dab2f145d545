import { bytes } from './credentials.js'
import type { Entry } from './kubeconfig.js'

/** How a secure connection to the server is made, without the user's part. */
export interface ServerTls {
  readonly ca?: Buffer | undefined
  readonly servername?: string | undefined
  readonly rejectUnauthorized?: boolean | undefined
}

export async function serverTls(cluster: Entry): Promise<ServerTls> {
  const ca = await bytes(cluster, 'certificate-authority')
  const servername = cluster['tls-server-name']
  return {
    ...(ca ? { ca } : {}),
    ...(typeof servername === 'string' && servername !== '' ? { servername } : {}),
    ...(cluster['insecure-skip-tls-verify'] === true ? { rejectUnauthorized: false } : {}),
  }
}
