import type { BuildOutcome, ImageBuildRequest } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import type { EngineConnection } from '../connection.js'
import { failureOf } from '../transfer-events.js'
import { explain } from './failure/explain.js'
import type { FailedStep } from './trace/build-progress.js'

/** What the engine says of a build beside its steps: the image at the end, or an error at any time. */
export interface EngineMessages {
  push(message: Readonly<Record<string, unknown>>): void
  /** To be asked when the answer has ended. Throws when the engine has broken off. */
  outcome(): BuildOutcome
}

export function engineMessages(
  { host }: Pick<EngineConnection, 'host'>,
  request: ImageBuildRequest,
  failed: () => FailedStep | undefined,
): EngineMessages {
  let imageId: string | undefined
  let error: string | undefined
  return {
    push(message) {
      const { aux } = message
      // A failed build is an error in the middle of an answer that is fine.
      error ??= failureOf(message)?.trim()
      if (typeof aux === 'object' && aux !== null && 'ID' in aux && typeof aux.ID === 'string') imageId = aux.ID
    },
    outcome() {
      if (error !== undefined) return { ok: false, failure: explain({ request, error, step: failed() }) }
      if (imageId !== undefined) return { ok: true, imageId }
      const why = `the engine at ${host} broke off the build of ${request.name} without saying why`
      throw new InfraError('docker/unreachable', 'docker', why, { retry: true })
    },
  }
}
