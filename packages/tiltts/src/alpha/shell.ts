import type { Client } from '@tiltts/client'
import type { Invocation } from '../cli/command.js'
import { textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import { withSession } from '../sessions/connect.js'
import { enterCompose } from './enter-compose.js'
import { enterPod } from './enter-pod.js'
import { clusterContext, containersOf, type Enterable } from './enterable.js'

/** A shell that most images have, the better one first. */
const shell = ['sh', '-c', 'if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi']

/** Opens a shell in a container of a resource, or runs a command there. Resolves to its exit code. */
export async function openShell(invocation: Invocation): Promise<number> {
  const [resource, ...more] = invocation.words
  if (more.length > 0)
    throw new UsageError(`unexpected argument: ${more.join(' ')}`, 'A command to run there stands after --')
  const argv = invocation.rest.length > 0 ? invocation.rest : shell
  const { chosen, context } = await withSession(invocation, async (client) => ({
    chosen: await choose(client, resource, textFlag(invocation, 'container')),
    context: await clusterContext(client),
  }))
  if (chosen.type === 'compose') return enterCompose(chosen.id, argv)
  const flags = context === undefined ? {} : { context }
  return enterPod({ ...invocation, flags: { ...flags, ...invocation.flags } }, chosen, argv)
}

async function choose(client: Client, resource: string | undefined, container: string | undefined): Promise<Enterable> {
  const all = await containersOf(client)
  const names = [...new Set(all.map((each) => each.resource))]
  const [only, ...others] = names
  const name = resource ?? only
  if (name === undefined) throw new UsageError('No resource has a container that runs')
  if (resource === undefined && others.length > 0)
    throw new UsageError('Several resources have containers', `Name one of: ${names.join(', ')}`)
  const own = all.filter((each) => each.resource === name)
  const [first] = own
  if (first === undefined)
    throw new UsageError(
      `"${name}" has no container that runs`,
      names.length === 0 ? 'No other resource has one either' : `There are: ${names.join(', ')}`,
    )
  if (container === undefined) return first
  const found = own.find((each) => each.container === container)
  if (found !== undefined) return found
  const known = own.map((each) => each.container).join(', ')
  throw new UsageError(`"${name}" has no container "${container}" that runs`, `There are: ${known}`)
}
