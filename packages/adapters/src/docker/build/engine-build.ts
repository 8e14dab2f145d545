import type { BuildOutcome, Docker, ImageBuildRequest } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import type { EngineConnection } from '../connection.js'
import { jsonLines } from '../json-lines.js'
import { failureOf } from '../transfer-events.js'
import { buildFailure } from './failure/build-failure.js'
import { placeAt } from './failure/step-place.js'
import { openSession } from './session/open-session.js'
import type { SecretSource } from './session/secrets.js'
import type { AgentSockets } from './session/ssh.js'
import { buildProgress } from './trace/build-progress.js'
import { readStatusResponse } from './trace/status-response.js'

export interface EngineBuild {
  readonly request: ImageBuildRequest
  readonly secrets: readonly SecretSource[]
  readonly agents: AgentSockets
  readonly env: Readonly<Record<string, string>>
}

/** Has the engine's BuildKit build an image, which asks for what it needs on a session of its own. */
export async function engineBuild(
  connection: EngineConnection,
  { request, secrets, agents, env }: EngineBuild,
  onEvent: Parameters<Docker['build']>[1],
  signal: AbortSignal,
): Promise<BuildOutcome> {
  const sent = { entries: 0, files: 0, bytes: 0 }
  const session = await openSession(connection, { request, secrets, agents, env, sent }, signal)
  const progress = buildProgress(onEvent, (line) => placeAt(request, line))
  let imageId: string | undefined
  let failure: string | undefined
  try {
    const response = await connection.request({ method: 'POST', path: `/build?${query(request, session.id)}`, signal })
    for await (const event of jsonLines(response)) {
      failure ??= failureOf(event)
      const { id, aux } = event
      if (id === 'moby.buildkit.trace' && typeof aux === 'string')
        progress.push(readStatusResponse(Buffer.from(aux, 'base64')))
      if (id === 'moby.image.id' && typeof aux === 'object' && aux !== null && 'ID' in aux) imageId = String(aux.ID)
    }
  } catch (error) {
    const known = connection.failure(error, signal)
    // What the engine says of a request it does not take is about the Dockerfile or an option.
    if (!(known instanceof InfraError) || known.code !== 'docker/refused') throw known
    failure = known.message
  } finally {
    session.close()
  }
  if (failure !== undefined) return { ok: false, failure: buildFailure(request, failure, progress.failed()) }
  if (imageId === undefined)
    throw new InfraError('docker/unreachable', 'docker', 'the Docker engine broke the build off', { retry: true })
  return { ok: true, imageId }
}

function query(request: ImageBuildRequest, session: string): string {
  const parameters = new URLSearchParams({
    version: '2',
    session,
    remote: 'client-session',
    dockerfile: 'Dockerfile',
    rm: '1',
    buildargs: JSON.stringify(request.buildArgs),
    labels: JSON.stringify(request.labels),
  })
  const { target, platform, network, pull, noCache, cacheFrom, extraHosts, tags } = request
  if (target !== undefined) parameters.set('target', target)
  if (platform !== undefined) parameters.set('platform', platform)
  if (network !== undefined) parameters.set('networkmode', network)
  if (pull) parameters.set('pull', '1')
  if (noCache === true) parameters.set('nocache', '1')
  if (cacheFrom.length > 0) parameters.set('cachefrom', JSON.stringify(cacheFrom))
  if (extraHosts.length > 0) parameters.set('extrahosts', JSON.stringify(extraHosts))
  for (const tag of tags) parameters.append('t', tag)
  return parameters.toString()
}
