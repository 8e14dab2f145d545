import type { Client } from '@tiltts/client'
import { ApiFailure } from '@tiltts/client'
import { InfraError, type UIResource, type Update } from '@tiltts/spec'
import { type Command, exitCode } from '../cli/command.js'
import { UsageError } from '../cli/usage-error.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '<resource…>',
  summary: 'update resources of the running session',
  details: "Asks the running session for an update of each resource. '(Tiltfile)' evaluates the config again.",
  flags: {
    ...sessionFlags,
    wait: { type: 'boolean', help: 'wait until the updates have ended; exit 1 when one failed' },
  },
  async run(invocation) {
    const names = invocation.words
    if (names.length === 0)
      throw new UsageError('trigger takes at least one resource', 'For example: tiltts trigger api')
    return withSession(invocation, async (client) => {
      for (const name of names) await checkTriggerable(client, name)
      const updates = await Promise.all(names.map((name) => trigger(client, name)))
      if (invocation.flags['wait'] !== true) return exitCode.ok
      const ended = await Promise.all(updates.map((update) => waitFor(client, update)))
      return ended.every((update) => update.status.phase === 'succeeded') ? exitCode.ok : exitCode.failed
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

async function waitFor(client: Client, update: Update): Promise<Update> {
  const { name } = update.metadata
  const controller = new AbortController()
  try {
    for await (const { object } of client.watch('Update', { name, signal: controller.signal })) {
      if (object.status.phase === 'queued' || object.status.phase === 'running') continue
      const outcome =
        object.status.phase === 'succeeded' ? 'succeeded' : `${object.status.phase}: ${object.status.error ?? ''}`
      process.stdout.write(`${object.spec.resource} ${outcome}\n`)
      return object
    }
  } finally {
    controller.abort()
  }
  throw new InfraError('session/none', 'session', `The session ended while ${name} was waited for`)
}
