import { statusOf } from './connection/failure.js'
import type { EngineConnection } from './connection.js'
import { registryOf } from './images.js'
import { jsonLines } from './json-lines.js'

/** Asks a registry by way of the engine, with the login of the user's Docker config, what it has under a reference. */
export async function registryDigest(
  connection: EngineConnection,
  ref: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const auth = (await connection.authFor(registryOf(ref))) ?? {}
  const headers = { 'x-registry-auth': Buffer.from(JSON.stringify(auth)).toString('base64url') }
  try {
    const response = await connection.request({ method: 'GET', path: `/distribution/${ref}/json`, headers, signal })
    for await (const { Descriptor } of jsonLines(response)) {
      if (typeof Descriptor !== 'object' || Descriptor === null || !('digest' in Descriptor)) continue
      if (typeof Descriptor.digest === 'string') return Descriptor.digest
    }
    return undefined
  } catch (error) {
    const known = connection.failure(error, signal)
    // It was asked and said no, for the registry.
    if (statusOf(known) !== undefined) return undefined
    throw known
  }
}
