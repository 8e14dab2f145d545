import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { InfraError } from '@tiltts/spec'
import { readJson } from './config-folder.js'
import { type TlsFiles, tlsFromFolder } from './tls-files.js'

interface ContextMeta {
  readonly Endpoints?: { readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean } }
}

/** What `docker context create` has written. Rejects when there is no such context. */
export async function contextEndpoint(
  folder: string,
  name: string,
): Promise<{ readonly host: string; readonly tls: TlsFiles | undefined }> {
  const id = createHash('sha256').update(name).digest('hex')
  const file = join(folder, 'contexts/meta', id, 'meta.json')
  const meta = await readJson<ContextMeta>(file)
  const endpoint = meta?.Endpoints?.docker
  if (!endpoint?.Host) {
    const message = meta
      ? `the Docker context "${name}" names no engine: ${file}`
      : `there is no Docker context "${name}": see docker context ls, or unset DOCKER_CONTEXT`
    throw new InfraError('docker/unreachable', 'docker', message)
  }
  const tls = await tlsFromFolder(join(folder, 'contexts/tls', id, 'docker'))
  const verify = !endpoint.SkipTLSVerify
  const secure = tls.ca !== undefined || tls.cert !== undefined || endpoint.SkipTLSVerify === true
  return { host: endpoint.Host, tls: secure ? { ...tls, verify } : undefined }
}
