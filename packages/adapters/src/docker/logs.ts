import type { LogChunk } from '@tiltts/runtime/ports'
import type { EngineConnection } from './connection.js'
import { unixTime } from './engine-time.js'
import { logLines } from './log-lines.js'

/** Follows the output of a container to the end of its run. */
export async function* followLogs(
  connection: EngineConnection,
  id: string,
  since: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<LogChunk> {
  const { Config } = await connection.call((docker) => docker.getContainer(id).inspect(), { signal })
  const from = since === undefined ? '' : `&since=${unixTime(since)}`
  const path = `/containers/${id}/logs?follow=1&stdout=1&stderr=1&timestamps=1${from}`
  const response = await connection.request({ method: 'GET', path, signal })
  const lines = logLines({ terminal: Config.Tty, since })
  try {
    for await (const bytes of response) {
      lines.push(bytes as Buffer)
      yield* lines.take()
    }
  } catch (error) {
    throw connection.failure(error, signal)
  }
  // The last line may have no end.
  lines.finish()
  yield* lines.take()
}
