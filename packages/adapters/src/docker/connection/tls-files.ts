import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InfraError } from '@tiltts/spec'
import { isGone } from '../../files/system-error.js'

/** By whom an engine is known, and as whom the user comes. */
export interface TlsFiles {
  readonly ca?: Buffer | undefined
  readonly cert?: Buffer | undefined
  readonly key?: Buffer | undefined
  /** Whether the engine has to prove who it is. */
  readonly verify: boolean
}

/** `ca.pem`, `cert.pem` and `key.pem`, as far as they are there. */
export async function tlsFromFolder(folder: string): Promise<Omit<TlsFiles, 'verify'>> {
  const read = async (name: string): Promise<Buffer | undefined> => {
    try {
      return await readFile(join(folder, name))
    } catch (error) {
      if (isGone(error)) return undefined
      const message = `a certificate for the Docker engine cannot be read: ${(error as Error).message}`
      throw new InfraError('docker/unreachable', 'docker', message, { cause: error })
    }
  }
  const [ca, cert, key] = await Promise.all([read('ca.pem'), read('cert.pem'), read('key.pem')])
  return { ca, cert, key }
}
