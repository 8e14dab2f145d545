import { readFileSync } from 'node:fs'
import { type Client, pathOf } from '@tiltts/client'
import type { Command, Invocation } from '../cli/command.js'
import { choiceFlag, textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import type { ApiDocument } from '../objects/api-document.js'
import { eachObject } from '../objects/each-object.js'
import { fileFlags } from '../objects/file-flags.js'
import { type NamedObject, objectsNamed } from '../objects/kind-name.js'
import { namedManifests } from '../objects/named-manifests.js'
import { outputFlag, outputOf, printWritten } from '../objects/print-object.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

const types = ['strategic', 'merge', 'json'] as const

const mediaTypes: Readonly<Record<(typeof types)[number], string>> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
}

export const command: Command = {
  usage: '(-f <file> | <type> <name> | <type>/<name>) -p <patch>',
  summary: 'change fields of an object of the session',
  flags: {
    ...sessionFlags,
    ...fileFlags,
    patch: { type: 'string', short: 'p', value: '<patch>', help: 'the patch, in JSON or YAML' },
    'patch-file': { type: 'string', value: '<file>', help: 'a file that holds the patch' },
    type: { type: 'string', value: '<type>', help: 'strategic (the default), merge or json' },
    subresource: { type: 'string', value: '<name>', help: 'status: change the status' },
    output: outputFlag,
  },
  async run(invocation) {
    const output = outputOf(invocation)
    const type = choiceFlag(invocation, 'type', types) ?? 'strategic'
    const part = choiceFlag(invocation, 'subresource', ['status'])
    const patch = await patchOf(invocation)
    const objects = await objectsOf(invocation)
    return withSession(invocation, (client) =>
      eachObject(objects, async ({ info, name }) => {
        const path = `${pathOf(info.kind, name)}${part === undefined ? '' : `/${part}`}`
        const [before, after] = await change(client, path, mediaTypes[type], patch)
        const same = before.metadata.resourceVersion === after.metadata.resourceVersion
        await printWritten(info, after, same ? 'patched (no change)' : 'patched', output)
      }),
    )
  },
}

async function change(
  client: Client,
  path: string,
  contentType: string,
  body: unknown,
): Promise<readonly [before: ApiDocument, after: ApiDocument]> {
  const before = await client.call<ApiDocument>({ method: 'GET', path })
  const query = '?fieldManager=kubectl-patch'
  return [before, await client.call<ApiDocument>({ method: 'PATCH', path: path + query, contentType, body })]
}

async function patchOf(invocation: Invocation): Promise<unknown> {
  const inline = textFlag(invocation, 'patch')
  const file = textFlag(invocation, 'patch-file')
  if ((inline === undefined) === (file === undefined))
    throw new UsageError('must specify either --patch or --patch-file')
  const { parse } = await import('../objects/yaml.js')
  try {
    const patch: unknown = parse(inline ?? readFileSync(file ?? '', 'utf8'))
    if (typeof patch === 'object' && patch !== null) return patch
    throw new Error('it is neither an object nor a list')
  } catch (error) {
    throw new UsageError(`unable to parse the patch: ${(error as Error).message}`)
  }
}

async function objectsOf(invocation: Invocation): Promise<readonly NamedObject[]> {
  const manifests = await namedManifests(invocation)
  if (manifests !== undefined)
    return manifests.map(({ info, document }) => ({ info, name: document.metadata.name ?? '' }))
  if (invocation.words.length === 0) throw new UsageError('must specify a type and a name, or -f')
  const { objects } = objectsNamed(invocation.words)
  if (objects.length === 0) throw new UsageError('resource(s) were provided, but no name was specified')
  return objects
}
