import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where what all sessions of a user share is kept: the token and the list of sessions. Tilt's own folder, so that its clients find it. */
export function tiltDevFolder(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['TILT_DEV_DIR'] ?? env['WMDAEMON_HOME'] ?? env['WINDMILL_DIR']
  if (named !== undefined && named !== '') return named
  const old = join(homedir(), '.windmill')
  return existsSync(old) ? old : join(homedir(), '.tilt-dev')
}

/** Where what one project needs between sessions is kept: records, logs, what its processes were. */
export function projectFolder(mainFolder: string, env: NodeJS.ProcessEnv = process.env): string {
  const state = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state')
  const hash = createHash('sha256').update(mainFolder).digest('hex').slice(0, 16)
  return join(state, 'tiltts', hash)
}
