import { createHash, randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { ImageBuildRequest } from '@tiltts/runtime/ports'
import type { EngineConnection } from '../../connection.js'
import type { Sent } from '../context/send-tree.js'
import { type GrpcMethods, serveGrpc, unary } from '../wire/grpc-server.js'
import { credentials } from './auth.js'
import { fileSync } from './file-sync.js'
import { getSecret, type SecretSource } from './secrets.js'
import { type AgentSockets, checkAgent, forwardAgent } from './ssh.js'

/** What a builder can get from here while it builds. */
export interface SessionOffer {
  readonly request: ImageBuildRequest
  readonly secrets: readonly SecretSource[]
  readonly agents: AgentSockets
  readonly env: Readonly<Record<string, string>>
  /** Counted up while the context is sent. */
  readonly sent: Sent
}

/** A builder's way back to here. */
export interface BuildSession {
  /** By which a build names it. */
  readonly id: string
  close(): void
}

/** Opens a connection on which the engine's builder asks for files, secrets and logins. */
export async function openSession(
  connection: EngineConnection,
  offer: SessionOffer,
  signal: AbortSignal,
): Promise<BuildSession> {
  const { request, secrets, agents, env, sent } = offer
  const id = randomBytes(16).toString('hex')
  const methods: GrpcMethods = {
    // Asked again and again; a session without an answer is dropped after a second.
    '/grpc.health.v1.Health/Check': unary(() => Buffer.from([8, 1])),
    '/moby.filesync.v1.Auth/Credentials': credentials(connection),
    '/moby.filesync.v1.FileSync/DiffCopy': fileSync(request, sent),
    '/moby.buildkit.secrets.v1.Secrets/GetSecret': getSecret(secrets, env),
    '/moby.sshforward.v1.SSH/CheckAgent': checkAgent(agents),
    '/moby.sshforward.v1.SSH/ForwardAgent': forwardAgent(agents),
  }
  const stream = await connection.upgrade({
    path: '/session',
    protocol: 'h2c',
    headers: {
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': request.name,
      'X-Docker-Expose-Session-Sharedkey': sharedKey(request),
      'X-Docker-Expose-Session-Grpc-Method': Object.keys(methods),
    },
    signal,
  })
  const server = serveGrpc(stream, methods)
  return { id, close: server.close }
}

/** The builder keeps a copy of the context under this key, and asks only for what has changed since the last build. */
function sharedKey({ name, context }: ImageBuildRequest): string {
  return createHash('sha256').update(`${hostname()}\n${context.folder}\n${name}`).digest('hex')
}
