import type { Endpoint } from './dial-target.js'
import type { VersionAnswer } from './engine-facts.js'
import { asEngineError, statusOf, unreachable } from './failure.js'
import { readAll, type Wire } from './wire.js'

const CONNECT_MS = 10_000

/** The first question to an engine; whatever goes wrong with it, there is none to work with. */
export async function askVersion(
  wire: Wire,
  endpoint: Endpoint,
  timeoutMs: number | undefined,
): Promise<VersionAnswer> {
  const text = await ask(wire, endpoint, timeoutMs ?? CONNECT_MS)
  try {
    const answer: unknown = JSON.parse(text)
    if (typeof answer === 'object' && answer !== null) return answer
  } catch (error) {
    throw unreachable(endpoint, 'what answers there is no Docker engine', error)
  }
  throw unreachable(endpoint, 'what answers there is no Docker engine')
}

async function ask(wire: Wire, endpoint: Endpoint, timeoutMs: number): Promise<string> {
  try {
    return await readAll(await wire.request({ method: 'GET', path: '/version', timeoutMs }))
  } catch (error) {
    const known = asEngineError(error, endpoint)
    throw known instanceof Error && statusOf(known) !== undefined ? unreachable(endpoint, known.message, known) : known
  }
}
