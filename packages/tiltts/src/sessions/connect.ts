import { type Client, createClient } from '@tiltts/client'
import { InfraError } from '@tiltts/spec'
import type { Flags, Invocation } from '../cli/command.js'
import { numberFlag, textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { contextName } from './context-name.js'
import { type FoundSession, findSession } from './find-session.js'
import { forgetSession, knownSessions } from './registry.js'
import { sessionToken } from './token.js'

/** Flags of every command that talks to a running session. */
export const sessionFlags: Flags = {
  port: {
    type: 'string',
    value: '<number>',
    help: 'port of the session (default: TILT_PORT, else the session of the nearest config)',
  },
  host: { type: 'string', value: '<host>', help: 'host of the session (default: TILT_HOST, else localhost)' },
}

/** Calls the session that is meant. Throws `session/none` when nobody answers. */
export async function withSession<T>(
  invocation: Invocation,
  use: (client: Client, found: FoundSession) => Promise<T>,
): Promise<T> {
  const known = knownSessions()
  const found = findSession(known, {
    port: portOf(invocation),
    host: textFlag(invocation, 'host') ?? process.env['TILT_HOST'],
    cwd: process.cwd(),
  })
  try {
    const trace = tracesCalls(invocation) ? { trace: (line: string) => void process.stderr.write(`${line}\n`) } : {}
    return await use(
      createClient({ ...found, host: found.address ?? found.host, token: sessionToken(), ...trace }),
      found,
    )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error
    // Nobody at that port of another host says nothing of the session here.
    if (known.some(({ host, port }) => host === found.host && port === found.port)) forgetSession(found.port)
    throw noSession(`No session is running at ${found.host}:${found.port}`, found, error)
  }
}

/** The level from which kubectl, whose flag it is, names its requests. */
const requestLevel = 6

function tracesCalls(invocation: Invocation): boolean {
  return invocation.flags['debug'] === true || (numberFlag(invocation, 'klog') ?? 0) >= requestLevel
}

/** Says it in the words, too, by which programs know that there is no Tilt. */
function noSession(message: string, { host, port }: FoundSession, cause: unknown): InfraError {
  const known = `Could not connect to Tilt at http://${host}:${port}/: No tilt apiserver found: ${contextName(port)}`
  return new InfraError('session/none', 'session', `${message}. ${known}`, { cause })
}

/** The port that was asked for on the command line or by TILT_PORT. */
export function portOf(invocation: Invocation): number | undefined {
  const flag = numberFlag(invocation, 'port')
  if (flag !== undefined) return flag
  const text = process.env['TILT_PORT']
  if (text === undefined || text === '') return undefined
  if (!/^\d+$/.test(text)) throw new UsageError(`TILT_PORT must be a whole number, not '${text}'`)
  return Number(text)
}
