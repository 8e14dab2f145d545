import { dirname } from 'node:path'
import type { HostRequest } from '../protocol.js'

/** Makes the process look to the config as if it had been started for it alone. */
export function enter({ env, mainPath, args }: Pick<HostRequest, 'env' | 'mainPath' | 'args'>): void {
  // What the config starts by itself must still be found when the session is cleaned up.
  const session = process.env['TILTTS_SESSION']
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env, session === undefined ? {} : { TILTTS_SESSION: session })
  process.chdir(dirname(mainPath))
  process.argv = [process.execPath, mainPath, ...args]
  process.exitCode = undefined
}
