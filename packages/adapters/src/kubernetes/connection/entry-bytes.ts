import { readFile } from 'node:fs/promises'
import { InfraError } from '@tiltts/spec'
import type { Entry } from './kubeconfig.js'

/** What stands in the file, or in the kubeconfig itself in base64. */
export async function bytes(entry: Entry, field: string): Promise<Buffer | undefined> {
  const data = entry[`${field}-data`]
  if (typeof data === 'string' && data !== '') return Buffer.from(data, 'base64')
  const path = entry[field]
  return typeof path === 'string' && path !== '' ? await fileOf(path) : undefined
}

/** Of a file that a kubeconfig names. */
export async function fileOf(path: string): Promise<Buffer> {
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
