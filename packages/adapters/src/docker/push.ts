import { InfraError } from '@tiltts/spec'
import { statusOf } from './connection/failure.js'
import type { EngineConnection } from './connection.js'
import { registryOf, splitTag } from './images.js'
import { jsonLines } from './json-lines.js'
import { failureOf, lineOf } from './transfer-events.js'

/**
 * Pushes with the login of the user's Docker config. The engine answers with success before it has begun: what went wrong
 * is an event of the stream.
 */
export async function pushImage(
  connection: EngineConnection,
  ref: string,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { repository, tag } = splitTag(ref)
  const auth = (await connection.authFor(registryOf(ref))) ?? {}
  const headers = { 'x-registry-auth': Buffer.from(JSON.stringify(auth)).toString('base64url') }
  const path = `/images/${repository}/push?tag=${encodeURIComponent(tag)}`
  try {
    const response = await connection.request({ method: 'POST', path, headers, signal })
    for await (const event of jsonLines(response)) {
      const failure = failureOf(event)
      if (failure !== undefined) throw pushFailed(ref, failure)
      const line = lineOf(event)
      if (line !== undefined) onProgress(line)
    }
  } catch (error) {
    const known = connection.failure(error, signal)
    if (statusOf(known) !== undefined && known instanceof Error) throw pushFailed(ref, known.message)
    throw known
  }
}

function pushFailed(ref: string, why: string): InfraError {
  return new InfraError('image/push-failed', 'docker', `cannot push ${ref}: ${why.trim()}${adviceOn(ref, why)}`)
}

/** What to do, where the words of the registry do not say it. */
function adviceOn(ref: string, why: string): string {
  const registry = registryOf(ref)
  if (/unauthorized|no basic auth|authentication required|denied/i.test(why))
    return `. Log in first: docker login ${registry}`
  return /connection refused|no such host/.test(why) ? `. Is there a registry at ${registry}?` : ''
}
