import { InfraError } from '@tiltts/spec'
import { statusOf } from './connection/failure.js'
import type { EngineConnection } from './connection.js'
import { inspectImage, registryOf, splitTag } from './images.js'
import { jsonLines } from './json-lines.js'
import { failureOf, lineOf } from './transfer-events.js'

/** Fetches an image with the login of the user's Docker config, and tells its id. */
export async function pullImage(
  connection: EngineConnection,
  ref: string,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const { repository, tag } = splitTag(ref)
  const auth = (await connection.authFor(registryOf(ref))) ?? {}
  const headers = { 'x-registry-auth': Buffer.from(JSON.stringify(auth)).toString('base64url') }
  const path = `/images/create?fromImage=${encodeURIComponent(repository)}&tag=${encodeURIComponent(tag)}`
  try {
    const response = await connection.request({ method: 'POST', path, headers, signal })
    for await (const event of jsonLines(response)) {
      const failure = failureOf(event)
      if (failure !== undefined) throw pullFailed(ref, failure)
      const line = lineOf(event)
      if (line !== undefined) onProgress(line)
    }
  } catch (error) {
    const known = connection.failure(error, signal)
    if (statusOf(known) !== undefined && known instanceof Error) throw pullFailed(ref, known.message)
    throw known
  }
  const image = await inspectImage(connection, ref)
  if (image === undefined) throw pullFailed(ref, 'it was fetched, and is not there')
  return image.id
}

function pullFailed(ref: string, why: string): InfraError {
  return new InfraError('docker/refused', 'docker', `cannot pull ${ref}: ${why.trim()}`)
}
