import type { Client } from '@tiltts/client'
import { ApiFailure } from '@tiltts/client'
import { InfraError, type ObjectOf, type UIResource, type Update, wellKnown } from '@tiltts/spec'
import { type Command, exitCode } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '<resource…>',
  summary: 'update resources of the running session',
  details: "Asks the running session for an update of each resource. '(Tiltfile)' evaluates the config again.",
  flags: {
    ...sessionFlags,
    wait: {
      type: 'boolean',
      help: 'wait until the updates, and the Jobs that they started, have ended; exit 1 when one failed',
    },
  },
  async run(invocation) {
    const names = invocation.words
    if (names.length === 0)
      throw new UsageError('trigger takes at least one resource', 'For example: tiltts trigger api')
    return withSession(invocation, async (client) => {
      for (const name of names) await checkTriggerable(client, name)
      const updates = await Promise.all(names.map((name) => trigger(client, name)))
      if (invocation.flags['wait'] !== true) return exitCode.ok
      const ends = await Promise.all(updates.map((update) => waitFor(client, update)))
      return ends.every((end) => end === succeeded) ? exitCode.ok : exitCode.failed
    })
  },
}

async function checkTriggerable(client: Client, name: string): Promise<void> {
  const resource = await getResource(client, name)
  if (resource.status.disableStatus.state !== 'Disabled') return
  throw new InfraError('session/unknown-resource', 'session', `The resource "${name}" is currently disabled`)
}

/** The row of a resource. Throws `session/unknown-resource` with the names there are. */
async function getResource(client: Client, name: string): Promise<UIResource> {
  try {
    return await client.get('UIResource', name)
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.code !== 404) throw error
    const names = (await client.list('UIResource')).map((resource) => resource.metadata.name)
    throw new InfraError(
      'session/unknown-resource',
      'session',
      `The resource "${name}" does not exist. There are: ${names.join(', ')}`,
    )
  }
}

async function trigger(client: Client, resource: string): Promise<Update> {
  const update = await client.create(
    'Update',
    { generateName: `${resource}-` },
    { resource, causes: [{ reason: 'trigger', by: 'cli' }] },
  )
  process.stdout.write(`Successfully triggered update for resource: "${resource}"\n`)
  return update
}

/** Waits for the end of an update, then of what it has started. @returns `succeeded`, or what went wrong */
async function waitFor(client: Client, update: Update): Promise<string> {
  const { resource } = update.spec
  const ofUpdate = await firstOf(client, 'Update', update.metadata.name, endOfUpdate)
  const startsNothing = ofUpdate !== succeeded || resource === wellKnown.tiltfile
  const end = startsNothing ? ofUpdate : await firstOf(client, 'UIResource', resource, endOfRun(update))
  process.stdout.write(`${resource} ${end}\n`)
  return end
}

const succeeded = 'succeeded'

function endOfUpdate({ status: { phase, error = '' } }: Update): string | undefined {
  if (phase === 'queued' || phase === 'running') return undefined
  return phase === 'succeeded' ? succeeded : `${phase}: ${error}`
}

/** A later update starts anew what this one has started: then that is waited for. */
function endOfRun({ metadata }: Update): (resource: UIResource) => string | undefined {
  let isTold = false
  return ({ status: { buildHistory, currentBuild, run } }) => {
    // The row may still be the one from before the end of the update.
    isTold ||= buildHistory.some((build) => build.update === metadata.name)
    if (!isTold || currentBuild !== undefined || run?.state === 'running') return undefined
    return run?.state === 'failed' ? `failed: ${run.error ?? ''}` : succeeded
  }
}

/** The first answer that the states of an object give. */
async function firstOf<K extends 'Update' | 'UIResource'>(
  client: Client,
  kind: K,
  name: string,
  answer: (object: ObjectOf<K>) => string | undefined,
): Promise<string> {
  const controller = new AbortController()
  try {
    for await (const { type, object } of client.watch(kind, { name, signal: controller.signal })) {
      const found = type === 'DELETED' ? 'failed: it left the session' : answer(object)
      if (found !== undefined) return found
    }
  } finally {
    controller.abort()
  }
  throw new InfraError('session/none', 'session', `The session ended while ${name} was waited for`)
}
