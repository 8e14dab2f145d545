import { randomBytes } from 'node:crypto'
import { open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { systemCode } from '../../../files/system-error.js'
import type { OidcTokens } from './refresh-tokens.js'

export interface TokensOfUser {
  /** Of the kubeconfig. */
  readonly path: string
  readonly user: string
  readonly tokens: OidcTokens
}

/**
 * Writes new tokens into a kubeconfig, as kubectl does: with an issuer that changes refresh tokens, the old one that stands
 * there is good for nothing any more. All else of the file stays as it is.
 *
 * @returns whether it was written; not when somebody else is writing it, or it may not be written
 */
export async function saveTokens({ path, user, tokens }: TokensOfUser): Promise<boolean> {
  const target = await realpath(path)
  const unlock = await lock(`${target}.lock`)
  if (unlock === undefined) return false
  try {
    const { parseDocument } = await import('../parse-yaml.js')
    const document = parseDocument(await readFile(target, 'utf8'))
    const users = document.toJS() as { readonly users?: readonly { readonly name?: unknown }[] }
    const index = users.users?.findIndex(({ name }) => name === user) ?? -1
    const at = ['users', index, 'user', 'auth-provider', 'config']
    if (index < 0 || document.getIn(at) === undefined) return false
    document.setIn([...at, 'id-token'], tokens.idToken)
    document.setIn([...at, 'refresh-token'], tokens.refreshToken)
    await replace(target, document.toString({ lineWidth: 0 }))
    return true
  } catch (error) {
    if (isNotOurs(error)) return false
    throw error
  } finally {
    await unlock()
  }
}

/** A file beside it, by which kubectl keeps others away, too; `undefined`: somebody has it. */
async function lock(path: string): Promise<(() => Promise<void>) | undefined> {
  try {
    const file = await open(path, 'wx', 0o600)
    await file.close()
    return () => rm(path, { force: true })
  } catch (error) {
    if (systemCode(error) === 'EEXIST' || isNotOurs(error)) return undefined
    throw error
  }
}

async function replace(path: string, text: string): Promise<void> {
  const { mode } = await stat(path)
  const beside = `${path}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(beside, text, { mode: mode & 0o777 })
    await rename(beside, path)
  } finally {
    await rm(beside, { force: true })
  }
}

function isNotOurs(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error) ?? '')
}
