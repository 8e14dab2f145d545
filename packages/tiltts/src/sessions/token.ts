import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileText } from './file-text.js'
import { tiltDevFolder } from './folders.js'
import { inHome } from './in-home.js'

/** The user's session token, the same for all sessions; made at first use, readable by the user alone. Throws `session/home-folder`. */
export function sessionToken(env: NodeJS.ProcessEnv = process.env): string {
  return inHome(() => keptToken(tiltDevFolder(env)), env)
}

function keptToken(folder: string): string {
  const file = join(folder, 'token')
  const known = readToken(file)
  if (known !== undefined) return known
  mkdirSync(folder, { recursive: true })
  const token = crypto.randomUUID()
  try {
    writeFileSync(file, token, { mode: 0o600, flag: 'wx' })
    return token
  } catch (error) {
    // Another session was quicker: its token counts.
    const theirs = readToken(file)
    if (theirs === undefined) throw error
    return theirs
  }
}

function readToken(file: string): string | undefined {
  return fileText(file).trim() || undefined
}
