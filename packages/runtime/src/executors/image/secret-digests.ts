import { createHash } from 'node:crypto'
import type { Files } from '../../ports/files.js'

/** What each secret of a build holds, told by digests: `id=npm,src=/home/me/.npmrc`, `id=token,env=TOKEN`. */
export async function secretDigests(
  files: Pick<Files, 'hash'>,
  secrets: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const digests: Record<string, string> = {}
  for (const secret of secrets) {
    const fields = new Map(
      secret.split(',').map((field): [string, string] => {
        const [key = '', ...rest] = field.split('=')
        return [key, rest.join('=')]
      }),
    )
    const path = fields.get('src') ?? fields.get('source')
    const name = fields.get('env') ?? fields.get('id') ?? secret
    const id = fields.get('id') ?? secret
    const value =
      path === undefined
        ? createHash('sha256')
            .update(env[name] ?? '')
            .digest('hex')
        : await digestOf(files, path, signal)
    digests[id] = value
  }
  return digests
}

async function digestOf(files: Pick<Files, 'hash'>, path: string, signal: AbortSignal): Promise<string> {
  const hashes = await files.hash([path], () => false, signal)
  return [...hashes.values()].join('\n')
}
