import type { BuildOutcome } from '@tiltts/runtime/ports'
import type { CreateImageBuilder } from '../image-builder.js'
import { buildByBuildx } from './buildx/buildx-build.js'
import { contextProblem, findSecrets, problem } from './check-request.js'
import { chooseBuilder } from './choose-builder.js'
import { buildByEngine } from './engine-build.js'
import { buildByLegacy } from './legacy/legacy-build.js'
import { type Agents, findAgents } from './session/find-agents.js'

/**
 * Builds images by the BuildKit in the engine, spoken to directly; by the builder without BuildKit of old engines, of Podman and
 * of `DOCKER_BUILDKIT=0`; or by buildx, where that has been given another builder.
 */
export const createImageBuilder: CreateImageBuilder = ({ connect, processes, env, clock }) => {
  return {
    async describe() {
      const connection = await connect()
      const chosen = await chooseBuilder({ connection, processes, env })
      return chosen.kind === 'none' ? 'none' : chosen.description
    },
    async build(request, onEvent, signal): Promise<BuildOutcome> {
      signal.throwIfAborted()
      const wrong = contextProblem(request)
      if (wrong) return { ok: false, failure: wrong }
      const connection = await connect(signal)
      const chosen = await chooseBuilder({ connection, processes, env }, request)
      if (chosen.kind === 'none') return { ok: false, failure: chosen.failure }
      const common = { connection, request, env, onEvent, signal }
      if (chosen.kind === 'legacy') return buildByLegacy({ ...common, clock })

      const secrets = await findSecrets(request, env)
      if ('severity' in secrets) return { ok: false, failure: secrets }
      const agents = await agentsFor(request.ssh)
      if (agents instanceof Error) return { ok: false, failure: problem(agents.message) }
      try {
        if (chosen.kind === 'buildx')
          return await buildByBuildx({ ...common, processes, builder: chosen.name, agents: agents.sockets })
        const outcome = await buildByEngine({ ...common, secrets, agents: agents.sockets })
        if (outcome.ok || !isCorrupted(outcome.failure.message) || needsBuildKit(request)) return outcome
        onEvent({ kind: 'warning', message: `${outcome.failure.message}; trying once more without BuildKit` })
        return await buildByLegacy({ ...common, clock })
      } finally {
        await agents.close()
      }
    },
  }

  async function agentsFor(specs: readonly string[]): Promise<Agents | Error> {
    try {
      return await findAgents(specs, { processes, env })
    } catch (error) {
      return error as Error
    }
  }
}

/** BuildKit's store has lost its way; another builder does not use it. */
function isCorrupted(message: string): boolean {
  return /failed commit on ref .*failed precondition/s.test(message)
}

function needsBuildKit({
  secrets,
  ssh,
}: {
  readonly secrets: readonly string[]
  readonly ssh: readonly string[]
}): boolean {
  return secrets.length > 0 || ssh.length > 0
}
