import type { StepSpec } from '@tiltts/spec'
import type { Call } from './call/call.js'
import type { Declaration } from './collector/recorder.js'
import { type Command, freeFunctionId, keepCommand } from './command.js'

/**
 * Keeps the `onDown` of a resource, which runs in the folder of the call.
 *
 * @param owner Of its id: `compose:api`.
 */
export function keepOnDown(call: Call, owner: string, given: Command | undefined): Declaration<StepSpec> | undefined {
  if (given === undefined) return undefined
  const dir = call.folder()
  const kept = keepCommand(call, freeFunctionId(call, `${owner}/onDown`), given)
  return (finish) => ({ command: kept(finish), dir, env: {} })
}
