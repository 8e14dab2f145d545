import { InfraError } from '@tiltts/spec'
import { isSystemError } from '../system-error.js'
import { tiltDevFolder } from './folders.js'

/** Works with files that all sessions of a user share. Throws `session/home-folder` where the system does not let it. */
export function inHome<T>(work: () => T, env: NodeJS.ProcessEnv = process.env): T {
  try {
    return work()
  } catch (error) {
    if (!isSystemError(error)) throw error
    const message = `${tiltDevFolder(env)}, where sessions find each other, cannot be used: ${error.message}`
    throw new InfraError('session/home-folder', 'session', message, { cause: error })
  }
}
