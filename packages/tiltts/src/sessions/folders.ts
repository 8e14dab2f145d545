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
