import type { Diagnostic } from '@tiltts/spec'
import type { CreateImageBuilder } from '../image-builder.js'
import { engineBuild } from './engine-build.js'
import { agentSockets } from './session/agent-sockets.js'
import { parseSecret, secretProblem } from './session/secrets.js'

/** Builds images by the BuildKit inside the Docker engine. */
export const createImageBuilder: CreateImageBuilder = ({ connect, env }) => ({
  async describe() {
    const { engine } = await connect()
    return `engine ${engine.version}`
  },
  async build(request, onEvent, signal) {
    const connection = await connect(signal)
    try {
      const secrets = request.secrets.map((text) => parseSecret(text, env))
      const problems = await Promise.all(secrets.map((source) => secretProblem(source, env)))
      const problem = problems.find((one) => one !== undefined)
      if (problem !== undefined) return { ok: false, failure: complaint(problem) }
      const agents = agentSockets(request.ssh, env)
      return await engineBuild(connection, { request, secrets, agents, env }, onEvent, signal)
    } catch (error) {
      // Options that cannot be read are thrown as plain errors.
      if (error instanceof Error && error.constructor === Error) return { ok: false, failure: complaint(error.message) }
      throw error
    }
  },
})

function complaint(message: string): Diagnostic {
  return { code: 'image/build-failed', severity: 'error', message, places: [] }
}
