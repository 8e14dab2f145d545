import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { type Certificate, createCertificate, isUsable } from '@tiltts/server'
import { fileText } from './file-text.js'

/**
 * The certificate of this user's sessions: the one that was kept, or a new one when that is not there or ends soon. One
 * for all of them: it only says that who answers on this machine is a session; which one, its token says.
 */
export async function sessionCertificate(env: NodeJS.ProcessEnv = process.env): Promise<Certificate> {
  const folder = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'tiltts', 'certificate')
  const known = { key: fileText(join(folder, 'tls.key')), cert: fileText(join(folder, 'tls.crt')) }
  if (isUsable(known, Date.now())) return known
  const made = await createCertificate(Date.now())
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  write(join(folder, 'tls.key'), made.key)
  write(join(folder, 'tls.crt'), made.cert)
  return made
}

function write(file: string, text: string): void {
  writeFileSync(`${file}.${process.pid}`, text, { mode: 0o600 })
  renameSync(`${file}.${process.pid}`, file)
}
