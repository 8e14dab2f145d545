import { dirname } from 'node:path'
import { InfraError, type SessionRecord } from '@tiltts/spec'
import { contextName } from './context-name.js'

/** What the user said about which session is meant. */
export interface SessionChoice {
  /** `--port`, else `TILT_PORT`. */
  readonly port: number | undefined
  readonly host: string | undefined
  readonly cwd: string
}

export interface FoundSession {
  readonly host: string
  /** The address of the host, where it is known. */
  readonly address?: string | undefined
  readonly port: number
}

/**
 * Which session is meant: the one at the port that was named, else the one of the nearest config folder, else the only one.
 * Throws an InfraError `session/none` or `session/ambiguous`.
 */
export function findSession(known: readonly SessionRecord[], { port, host, cwd }: SessionChoice): FoundSession {
  if (port !== undefined) {
    const record = known.find((session) => session.port === port)
    return record === undefined ? { host: host ?? 'localhost', port } : at(record, host)
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const here = known.filter((session) => dirname(session.mainPath) === folder)
    if (here.length > 1) throw ambiguous(here)
    if (here[0] !== undefined) return at(here[0], host)
    if (folder === dirname(folder)) break
  }
  if (known.length > 1) throw ambiguous(known)
  if (known[0] !== undefined) return at(known[0], host)
  throw new InfraError(
    'session/none',
    'session',
    `No session is running. No tilt apiserver found: ${contextName(10350)}`,
  )
}

/** A host that was named is never passed over. */
const at = ({ host, address, port }: SessionRecord, named: string | undefined): FoundSession =>
  named === undefined ? { host, address, port } : { host: named, port }

function ambiguous(sessions: readonly SessionRecord[]): InfraError {
  const list = sessions.map(({ port, mainPath }) => `  --port ${port}  ${mainPath}`).join('\n')
  return new InfraError('session/ambiguous', 'session', `Several sessions are running:\n${list}`)
}
