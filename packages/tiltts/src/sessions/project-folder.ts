import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where what one project needs between sessions is kept: records, logs, what its processes were. */
export function projectFolder(mainFolder: string, env: NodeJS.ProcessEnv = process.env): string {
  const state = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state')
  const hash = createHash('sha256').update(mainFolder).digest('hex').slice(0, 16)
  return join(state, 'tiltts', hash)
}
