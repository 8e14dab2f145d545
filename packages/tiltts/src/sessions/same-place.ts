import type { Client } from '@tiltts/client'
import type { Invocation } from '../cli/command.js'
import { withSession } from './connect.js'
import { knownSessions } from './registry.js'

/**
 * Calls the session that is meant again and again: the one that answered first stays the one that is meant.
 *
 * @param options.mayMove whether another one of the same config is taken for it, at whatever port
 */
export function samePlace(
  invocation: Invocation,
  { mayMove }: { readonly mayMove: boolean },
): (use: (client: Client) => Promise<void>) => Promise<void> {
  let found: { readonly host: string; readonly port: number; readonly mainPath: string | undefined } | undefined
  const meant = (): Invocation => {
    if (found === undefined) return invocation
    const { host, mainPath } = found
    const moved = mayMove ? knownSessions().find((session) => session.mainPath === mainPath) : undefined
    return { ...invocation, flags: { ...invocation.flags, host, port: String(moved?.port ?? found.port) } }
  }
  return (use) =>
    withSession(meant(), (client, { host, port }) => {
      found ??= { host, port, mainPath: knownSessions().find((session) => session.port === port)?.mainPath }
      return use(client)
    })
}
