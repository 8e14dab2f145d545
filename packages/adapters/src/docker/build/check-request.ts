import { statSync } from 'node:fs'
import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import type { Diagnostic } from '@tiltts/spec'
import { systemCode } from '../../files/system-error.js'
import { parseSecret, type SecretSource, secretProblem } from './session/secrets.js'

/** What no builder has to be asked to know that the build cannot work. */
export function contextProblem({ context }: Pick<ImageBuildRequest, 'context'>): Diagnostic | undefined {
  const { folder } = context
  const hint = 'Make the folder, or mend the context of dockerBuild.'
  try {
    if (statSync(folder).isDirectory()) return undefined
    return problem(`the build context ${folder} is no folder`, hint)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return problem(`the build context ${folder} does not exist`, hint)
    return problem(`the build context ${folder} cannot be read: ${(error as Error).message}`)
  }
}

/** Where the secrets of a build are, or why one cannot be given. */
export async function findSecrets(
  { secrets }: Pick<ImageBuildRequest, 'secrets'>,
  env: Readonly<Record<string, string>>,
): Promise<readonly SecretSource[] | Diagnostic> {
  const found: SecretSource[] = []
  for (const text of secrets) {
    try {
      found.push(parseSecret(text, env))
    } catch (error) {
      return problem((error as Error).message)
    }
  }
  for (const source of found) {
    const why = await secretProblem(source, env)
    if (why !== undefined) return problem(why)
  }
  return found
}

export function problem(message: string, hint?: string): Diagnostic {
  return { code: 'image/build-failed', severity: 'error', message, places: [], ...(hint !== undefined && { hint }) }
}
