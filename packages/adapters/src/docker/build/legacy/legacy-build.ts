import { Readable } from 'node:stream'
import type { BuildEvent, BuildOutcome, Clock, ImageBuildRequest } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import type { EngineConnection } from '../../connection.js'
import { jsonLines } from '../../json-lines.js'
import { problem } from '../check-request.js'
import { type ContextEntry, contextTree } from '../context/context-tree.js'
import { engineMessages } from '../engine-messages.js'
import { buildQuery } from '../options.js'
import { contextTar } from './context-tar.js'
import { legacySteps } from './legacy-steps.js'

export interface LegacyBuild {
  readonly connection: EngineConnection
  readonly request: ImageBuildRequest
  readonly env: Readonly<Record<string, string>>
  readonly clock: Pick<Clock, 'now'>
  readonly onEvent: (event: BuildEvent) => void
  readonly signal: AbortSignal
}

/** A name that no context has. */
const dockerfileName = '.tiltts.Dockerfile'
const dockerignoreName = '.dockerignore'

/** Builds by the engine's builder without BuildKit, or by Podman's. The whole context is sent as it is read. */
export async function buildByLegacy(build: LegacyBuild): Promise<BuildOutcome> {
  const { connection, request, env, clock, onEvent, signal } = build
  const lacking = [...(request.secrets.length > 0 ? ['secrets'] : []), ...(request.ssh.length > 0 ? ['ssh'] : [])]
  if (lacking.length > 0) {
    const hint = 'Unset DOCKER_BUILDKIT, or use an engine with BuildKit.'
    return {
      ok: false,
      failure: problem(`${lacking.join(' and ')} can only be given to BuildKit, which does not build here`, hint),
    }
  }
  const steps = legacySteps(onEvent, clock.now)
  let error = ''
  const messages = engineMessages(connection, request, () => steps.last(error))
  try {
    // With padding: Podman does not take it without.
    const logins = Buffer.from(JSON.stringify(await connection.allAuth())).toString('base64')
    const answer = await connection.request({
      method: 'POST',
      path: `/build?${buildQuery(request, env, connection.engine.flavour, { version: '1', dockerfile: dockerfileName })}`,
      headers: { 'content-type': 'application/x-tar', 'x-registry-config': logins },
      body: Readable.from(contextTar(legacyTree(request)), { objectMode: false }),
      signal,
    })
    for await (const message of jsonLines(answer)) {
      steps.push(message)
      messages.push(message)
      if (typeof message['error'] === 'string') error ||= message['error']
    }
  } catch (caught) {
    const failure = connection.failure(caught, signal)
    if (!(failure instanceof InfraError) || failure.code !== 'docker/refused') throw failure
    messages.push({ error: failure.message })
  }
  const outcome = messages.outcome()
  steps.end(!outcome.ok)
  return outcome
}

/** The Dockerfile goes in front, beside a file that tells the builder to leave it out of the context again. */
function* legacyTree({ context, dockerfile }: ImageBuildRequest): Generator<ContextEntry | undefined> {
  yield textEntry(dockerfileName, dockerfile)
  yield textEntry(dockerignoreName, `${dockerfileName}\n${dockerignoreName}\n`)
  // Its rules are applied here already.
  for (const entry of contextTree(context)) yield entry?.path === dockerignoreName ? undefined : entry
}

function textEntry(path: string, text: string): ContextEntry {
  const content = Buffer.from(text)
  return { path, kind: 'file', mode: 0o644, size: content.length, mtimeMs: 0, content }
}
