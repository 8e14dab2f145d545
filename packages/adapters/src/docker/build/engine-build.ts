import { randomUUID } from 'node:crypto'
import type { BuildEvent, BuildOutcome, ImageBuildRequest } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import type { EngineConnection } from '../connection.js'
import { jsonLines } from '../json-lines.js'
import { dockerfileName } from './context/dockerfile-tree.js'
import type { Sent } from './context/send-tree.js'
import { type EngineMessages, engineMessages } from './engine-messages.js'
import { dockerfilePlaces } from './failure/dockerfile-place.js'
import { buildQuery } from './options.js'
import { openSession } from './session/open-session.js'
import type { SecretSource } from './session/secrets.js'
import type { AgentSockets } from './session/ssh.js'
import { buildProgress } from './trace/build-progress.js'
import { readStatusResponse } from './trace/status-response.js'

export interface EngineBuild {
  readonly connection: EngineConnection
  readonly request: ImageBuildRequest
  readonly env: Readonly<Record<string, string>>
  readonly secrets: readonly SecretSource[]
  readonly agents: AgentSockets
  readonly onEvent: (event: BuildEvent) => void
  readonly signal: AbortSignal
  /** Told what was sent, once the build has ended. */
  readonly onSent?: ((sent: Sent) => void) | undefined
}

/** Builds with the BuildKit in the engine, which asks this process for the files of the context that it does not have. */
export async function buildByEngine(build: EngineBuild): Promise<BuildOutcome> {
  const { connection, request, env, signal, onEvent, onSent } = build
  const sent: Sent = { entries: 0, files: 0, bytes: 0 }
  const session = await openSession(connection, { ...build, sent }, signal)
  const buildId = randomUUID()
  const progress = buildProgress(onEvent, dockerfilePlaces(request))
  const more = {
    version: '2',
    remote: 'client-session',
    session: session.id,
    dockerfile: dockerfileName,
    buildid: buildId,
  }
  try {
    const messages = engineMessages(connection, request, progress.failed)
    await readAnswer(build, `/build?${buildQuery(request, env, connection.engine.flavour, more)}`, messages, (aux) =>
      progress.push(readStatusResponse(Buffer.from(aux, 'base64'))),
    )
    return messages.outcome()
  } finally {
    session.close()
    onSent?.(sent)
    if (signal.aborted) cancel(connection, buildId)
  }
}

async function readAnswer(
  { connection, signal }: EngineBuild,
  path: string,
  messages: EngineMessages,
  onTrace: (aux: string) => void,
): Promise<void> {
  try {
    const answer = await connection.request({ method: 'POST', path, signal })
    for await (const message of jsonLines(answer)) {
      if (message['id'] === 'moby.buildkit.trace' && typeof message['aux'] === 'string') onTrace(message['aux'])
      else messages.push(message)
    }
  } catch (error) {
    const failure = connection.failure(error, signal)
    if (!(failure instanceof InfraError) || failure.code !== 'docker/refused') throw failure
    // The engine is there and does not take this build: an option is wrong.
    messages.push({ error: failure.message })
  }
}

/** The build ends with its connection; this makes sure, and its own end is of no interest. */
function cancel({ request }: EngineConnection, buildId: string): void {
  request({ method: 'POST', path: `/build/cancel?id=${buildId}`, timeoutMs: 5000 }).then(
    (answer) => answer.resume(),
    () => {},
  )
}
