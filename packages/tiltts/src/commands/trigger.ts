import type { Client } from '@tiltts/client'
import { InfraError, type ObjectOf, type UIResource, type Update, wellKnown } from '@tiltts/spec'
import { type Command, exitCode } from '../cli/command.js'
import { followLogs } from '../resources/follow-logs.js'
import { type Selection, selected, selectionFlags, selectionOf } from '../resources/switch-resources.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '<resource…> | -l <labels> | --all',
  summary: 'update resources of the running session',
  details:
    "Asks the running session for an update of each resource. '(Tiltfile)' evaluates the config again. What --labels and --all select is triggered where it is not disabled.",
  flags: {
    ...sessionFlags,
    ...selectionFlags,
    wait: {
      type: 'boolean',
      help: 'wait until the updates, and the Jobs that they started, have ended; exit 1 when one failed',
    },
    logs: { type: 'boolean', help: 'wait as with --wait, and print the logs of the resources meanwhile' },
  },
  async run(invocation) {
    const selection = selectionOf(invocation)
    const logs = invocation.flags['logs'] === true
    const wait = logs || invocation.flags['wait'] === true
    return withSession(invocation, async (client) => {
      const names = await triggerable(client, selection)
      const stopLogs = logs ? await followLogs(client, names) : async () => {}
      const updates = await Promise.all(names.map((name) => trigger(client, name)))
      if (!wait) return exitCode.ok
      const ends = await Promise.all(updates.map((update) => waitFor(client, update)))
      await stopLogs()
      for (const [i, end] of ends.entries()) process.stdout.write(`${names[i]} ${end}\n`)
      return ends.every((end) => end === succeeded) ? exitCode.ok : exitCode.failed
    })
  },
}

/** The resources of a selection. Throws `session/unknown-resource` before anything is triggered. */
async function triggerable(client: Client, selection: Selection): Promise<readonly string[]> {
  const rows = await client.list('UIResource')
  const chosen = selected(rows, selection, (name) => `The resource "${name}" does not exist`)
  const isDisabled = (row: UIResource): boolean => row.status.disableStatus.state === 'Disabled'
  const refused = chosen.find((row) => isDisabled(row) && selection.names.includes(row.metadata.name))
  if (refused !== undefined) {
    const message = `The resource "${refused.metadata.name}" is currently disabled`
    throw new InfraError('session/unknown-resource', 'session', message)
  }
  return chosen.filter((row) => !isDisabled(row)).map((row) => row.metadata.name)
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
  return startsNothing ? ofUpdate : await firstOf(client, 'UIResource', resource, endOfRun(update))
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
