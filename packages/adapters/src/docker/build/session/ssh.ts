import { connect, type Socket } from 'node:net'
import { grpcFrame } from '../wire/grpc-frames.js'
import { GrpcError, type GrpcMethod, grpcStatus, unary } from '../wire/grpc-server.js'
import { protoWriter, readProto } from '../wire/protobuf.js'
import { agentFilter } from './agent-filter.js'

/** Sockets of SSH agents, by the id that `RUN --mount=type=ssh,id=` names. */
export type AgentSockets = ReadonlyMap<string, string>

const defaultId = 'default'

/** Tells whether there is an agent of an id. */
export function checkAgent(agents: AgentSockets): GrpcMethod {
  return unary((message) => {
    const id = readProto(message).text(1) || defaultId
    if (!agents.has(id)) throw new GrpcError(grpcStatus.unknown, `unset ssh forward key ${id}`)
    return Buffer.alloc(0)
  })
}

/** Lets a step of the build speak to an agent here: it may see the keys and have things signed, not more. */
export function forwardAgent(agents: AgentSockets): GrpcMethod {
  return async (call) => {
    const id = call.header('buildkit.ssh.id')[0] || defaultId
    const path = agents.get(id)
    if (path === undefined) throw new GrpcError(grpcStatus.unknown, `unset ssh forward key ${id}`)
    const agent = await connected(path)
    const hangUp = (): void => void agent.destroy()
    call.signal.addEventListener('abort', hangUp, { once: true })
    try {
      const answers = async (): Promise<void> => {
        for await (const piece of agent) await call.write(bytesMessage(piece as Buffer))
      }
      const questions = async (): Promise<void> => {
        const filter = agentFilter()
        for await (const message of call.messages) {
          const { pass, refuse } = filter(readProto(message).bytes(1))
          if (pass.length > 0) agent.write(pass)
          if (refuse.length > 0) await call.write(bytesMessage(refuse))
        }
        agent.end()
      }
      await Promise.all([answers(), questions()])
    } finally {
      call.signal.removeEventListener('abort', hangUp)
      agent.destroy()
    }
  }
}

function bytesMessage(bytes: Buffer): Buffer {
  const message = protoWriter()
  message.bytes(1, bytes)
  return grpcFrame(message.finish())
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('error', (error) => reject(new Error(`no SSH agent answers at ${path}: ${error.message}`)))
    socket.once('connect', () => resolve(socket))
  })
}
