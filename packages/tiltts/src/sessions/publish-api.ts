import { randomBytes } from 'node:crypto'
import type { RunningServer } from '@tiltts/server'
import { sessionCertificate } from './certificate.js'
import { contextName } from './context-name.js'
import { addToKubeconfig, kubeconfigFile } from './kubeconfig.js'

/**
 * Opens the session to clients of Kubernetes, and tells them where it is. The returned function takes that back.
 * The token is this session's own: who has read it cannot reach the next one.
 */
export async function publishApi(server: RunningServer): Promise<() => Promise<void>> {
  const name = contextName(server.port)
  const certificate = await sessionCertificate()
  const token = randomBytes(64).toString('base64url')
  const port = await server.openApi({ certificate, token })
  return addToKubeconfig(kubeconfigFile(), { name, port, certificate: certificate.cert, token })
}
