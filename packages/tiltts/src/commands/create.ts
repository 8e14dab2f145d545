import { resolve } from 'node:path'
import { type Client, pathOf } from '@tiltts/client'
import type { Kind } from '@tiltts/spec'
import type { Command, Invocation } from '../cli/command.js'
import { listOfTexts, textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import type { ApiDocument } from '../objects/api-document.js'
import { eachObject } from '../objects/each-object.js'
import { kindNamed } from '../objects/kind-name.js'
import { outputFlag, outputOf, printWritten } from '../objects/print-object.js'
import { manifestFlags, readManifests } from '../objects/read-manifests.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '-f <file> | cmd <name> <command…> | filewatch <name> <path…>',
  summary: 'create objects of the session',
  details:
    'They live until they are deleted or the session ends. cmd runs a command; its flags stand before the name, since all after it is the command. filewatch (or fw) watches files and folders.',
  flags: {
    ...sessionFlags,
    ...manifestFlags,
    output: outputFlag,
    workdir: { type: 'string', short: 'w', value: '<folder>', help: 'of a cmd: where it runs (default: here)' },
    env: { type: 'string', short: 'e', multiple: true, value: '<NAME=value>', help: 'of a cmd: its environment' },
    ignore: { type: 'string', multiple: true, value: '<pattern>', help: 'of a filewatch: what does not count' },
  },
  handsOnAfter: ([kind, name]) => kind === 'cmd' && name !== undefined,
  async run(invocation) {
    const output = outputOf(invocation)
    const documents = await documentsOf(invocation)
    return withSession(invocation, (client) =>
      eachObject(documents, async (document) => {
        const info = kindNamed(document.kind)
        await printWritten(info, await create(client, info.kind, document), 'created', output)
      }),
    )
  },
}

const create = (client: Client, kind: Kind, body: ApiDocument): Promise<ApiDocument> =>
  client.call({ method: 'POST', path: `${pathOf(kind)}?fieldManager=kubectl-create`, body })

async function documentsOf(invocation: Invocation): Promise<readonly ApiDocument[]> {
  const files = listOfTexts(invocation, 'filename')
  const [kind, name, ...words] = invocation.words
  if (files.length > 0) {
    if (kind !== undefined) throw new UsageError(`unexpected argument beside -f: ${kind}`)
    const manifests = await readManifests(files, { recursive: invocation.flags['recursive'] === true })
    return manifests.map(({ document }) => document)
  }
  if (kind === undefined)
    throw new UsageError('must specify -f, cmd or filewatch', 'For example: tiltts create -f objects.yaml')
  if (name === undefined) throw new UsageError(`create ${kind} takes a name`)
  if (kind === 'cmd') return [cmdOf(name, invocation)]
  if (kind === 'filewatch' || kind === 'fw') return [fileWatchOf(name, [...words, ...invocation.rest], invocation)]
  throw new UsageError(`create makes cmd and filewatch from flags, not '${kind}'`, 'Others come from a file: -f')
}

function cmdOf(name: string, invocation: Invocation): ApiDocument {
  const args = invocation.rest
  if (args.length === 0) throw new UsageError('create cmd takes a command after the name', 'For example: make test')
  const env = listOfTexts(invocation, 'env')
  const wrong = env.find((entry) => !/^[^=]+=/.test(entry))
  if (wrong !== undefined) throw new UsageError(`--env takes NAME=value, not '${wrong}'`)
  const dir = resolve(textFlag(invocation, 'workdir') ?? '')
  // A run of its own, so that it starts at once.
  return documentOf('Cmd', name, { args, dir, env, runId: `${name}-${crypto.randomUUID().slice(0, 8)}` })
}

function fileWatchOf(name: string, paths: readonly string[], invocation: Invocation): ApiDocument {
  if (paths.length === 0) throw new UsageError('create filewatch takes paths after the name')
  const patterns = listOfTexts(invocation, 'ignore')
  const ignores = patterns.length === 0 ? [] : [{ basePath: process.cwd(), patterns }]
  return documentOf('FileWatch', name, { watchedPaths: paths.map((path) => resolve(path)), ignores })
}

const documentOf = (kind: Kind, name: string, spec: object): ApiDocument => ({
  apiVersion: 'tilt.dev/v1alpha1',
  kind,
  metadata: { name },
  spec,
})
