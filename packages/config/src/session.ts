import { reading } from './call/call.js'
import { type Session, sessionOf } from './collector/config-function.js'

const now = (): Session => sessionOf(reading('session').recorder.options)

/**
 * What is being run.
 *
 * @example
 * ```ts
 * if (session.command === 'ci') updateSettings({ maxParallelUpdates: 1 })
 * ```
 */
export const session: Session = {
  get command() {
    return now().command
  },
  get mainDir() {
    return now().mainDir
  },
  get mainPath() {
    return now().mainPath
  },
}
