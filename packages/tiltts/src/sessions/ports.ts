import { type RunningServer, type ServerOptions, startServer } from '@tiltts/server'
import { isTiltError } from '@tiltts/spec'

/** The port Tilt's clients look at first. */
export const defaultPort = 10350

/** Starts the server at the port that was asked for; when none was, at the default one or, if that is taken, any free one. */
export async function serveAtPort(
  asked: number | undefined,
  options: Omit<ServerOptions, 'port'>,
): Promise<RunningServer> {
  if (asked !== undefined) return startServer({ ...options, port: asked })
  try {
    return await startServer({ ...options, port: defaultPort })
  } catch (error) {
    if (!isTiltError(error) || error.code !== 'server/port-busy') throw error
    return startServer({ ...options, port: 0 })
  }
}
