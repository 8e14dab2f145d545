import { setTimeout as sleep } from 'node:timers/promises'
import { ApiFailure, type Client, type LogOptions } from '@tiltts/client'
import { isTiltError, type LogLine, wellKnown } from '@tiltts/spec'

/** Connects anew for each stretch of the log. */
export type Connect = (use: (client: Client) => Promise<void>) => Promise<void>

export interface ReconnectOptions {
  readonly logs: Omit<LogOptions, 'follow'>
  /** Whether to wait for the session that comes after the one that has ended. */
  readonly awaitsNext: boolean
  readonly print: (lines: readonly LogLine[]) => void
  /** Told once when a session has ended and the next is waited for. */
  readonly onEnded: () => void
}

/** How often the next session is looked for, in milliseconds. */
const pause = 500

/**
 * Follows the log of a session over connections that break, without losing or repeating a line, and, when told to, that
 * of the session that comes next. Resolves when the session has ended. Rejects when none runs to begin with.
 */
export async function reconnectingLogs(connect: Connect, options: ReconnectOptions): Promise<void> {
  let session: string | undefined
  let last: LogLine | undefined
  let isFirst = true
  let waits = false

  const follow = async (client: Client): Promise<void> => {
    const now = await startOf(client)
    const isSame = session === undefined || session === now
    if (!isSame && !options.awaitsNext) return
    if (!isSame) last = undefined
    session = now
    waits = false
    // A session that begins has nothing but what is new.
    const past = isFirst ? options.logs : { ...options.logs, since: last?.time, tail: undefined }
    isFirst = false
    const next = last === undefined ? 0 : last.seq + 1
    for await (const lines of client.logs({ ...past, follow: true })) {
      const fresh = lines.filter(({ seq }) => seq >= next)
      last = fresh.at(-1) ?? last
      options.print(fresh)
    }
  }

  for (;;) {
    try {
      await connect(follow)
    } catch (error) {
      if (!isAway(error) || session === undefined) throw error
    }
    if (!waits && !(await answers(connect, session))) {
      if (!options.awaitsNext) return
      options.onEnded()
      waits = true
    }
    await sleep(pause)
  }
}

/** Whether the same session is still there. */
async function answers(connect: Connect, session: string | undefined): Promise<boolean> {
  let found: string | undefined
  try {
    await connect(async (client) => {
      found = await startOf(client)
    })
  } catch (error) {
    if (!isAway(error)) throw error
  }
  return found === session
}

/** By which one session is told from the next; '' before it has said so. */
async function startOf(client: Client): Promise<string> {
  try {
    return (await client.get('UISession', wellKnown.session)).status.tiltStartTime
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 404) return ''
    throw error
  }
}

const broken: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'])

function isAway(error: unknown): boolean {
  if (error instanceof ApiFailure) return error.code === 503
  if (isTiltError(error)) return error.code === 'session/none' || error.code === 'session/ambiguous'
  return broken.has((error as NodeJS.ErrnoException).code)
}
