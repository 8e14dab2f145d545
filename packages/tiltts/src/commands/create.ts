import { resolve } from 'node:path'
import { type Client, pathOf } from '@tiltts/client'
import type { Kind } from '@tiltts/spec'
import type { Command, Invocation } from '../cli/command.js'
import { listFlag, listOfTexts, textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import type { ApiDocument } from '../objects/api-document.js'
import { eachObject } from '../objects/each-object.js'
import { fileFlags } from '../objects/file-flags.js'
import { namedManifests } from '../objects/named-manifests.js'
import { outputFlag, outputOf, printWritten } from '../objects/print-object.js'
import { kindOfWord } from '../reading/kinds.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '-f <file> | -k <folder> | cmd <name> <command…> | filewatch <name> <path…>',
  summary: 'create objects of the session',
  details:
    'They live until they are deleted or the session ends. cmd runs a command; its flags stand before the name, since all after it is the command. filewatch (or fw) watches files and folders.',
  flags: {
    ...sessionFlags,
    ...fileFlags,
    output: outputFlag,
    workdir: { type: 'string', short: 'w', value: '<folder>', help: 'of a cmd: where it runs (default: here)' },
    env: { type: 'string', short: 'e', multiple: true, value: '<NAME=value>', help: 'of a cmd: its environment' },
    filewatch: {
      type: 'string',
      multiple: true,
      value: '<names>',
      help: 'of a cmd: run it again when one of these filewatches sees a change',
    },
    ignore: { type: 'string', multiple: true, value: '<pattern>', help: 'of a filewatch: what does not count' },
  },
  handsOnAfter: ([kind, name]) => kind === 'cmd' && name !== undefined,
  async run(invocation) {
    const output = outputOf(invocation)
    const documents = await documentsOf(invocation)
    return withSession(invocation, (client) =>
      eachObject(documents, async (document) => {
        const info = kindOfWord(document.kind)
        await printWritten(info, await create(client, info.kind, document), 'created', output)
      }),
    )
  },
}

const create = (client: Client, kind: Kind, body: ApiDocument): Promise<ApiDocument> =>
  client.call({ method: 'POST', path: `${pathOf(kind)}?fieldManager=kubectl-create`, body })

async function documentsOf(invocation: Invocation): Promise<readonly ApiDocument[]> {
  const [kind, name, ...words] = invocation.words
  const manifests = await namedManifests(invocation)
  if (manifests !== undefined) {
    if (kind !== undefined) throw new UsageError(`unexpected argument beside files: ${kind}`)
    return manifests.map(({ document }) => document)
  }
  if (kind === undefined)
    throw new UsageError('must specify -f, -k, cmd or filewatch', 'For example: tiltts create -f objects.yaml')
  if (name === undefined) throw new UsageError(`create ${kind} takes a name`)
  if (kind === 'cmd') return [cmdOf(name, invocation)]
  if (kind === 'filewatch' || kind === 'fw') return [fileWatchOf(name, [...words, ...invocation.rest], invocation)]
  if (/^(ext|extension)?(repo)?$/.test(kind))
    throw new UsageError(
      `create ${kind} would load extensions in Starlark, which no config in TypeScript can run`,
      'Extensions are packages here: add one to package.json and import it in the config',
    )
  throw new UsageError(`create makes cmd and filewatch from flags, not '${kind}'`, 'Others come from a file: -f')
}

function cmdOf(name: string, invocation: Invocation): ApiDocument {
  const args = invocation.rest
  if (args.length === 0) throw new UsageError('create cmd takes a command after the name', 'For example: make test')
  const env = listOfTexts(invocation, 'env')
  const wrong = env.find((entry) => !/^[^=]+=/.test(entry))
  if (wrong !== undefined) throw new UsageError(`--env takes NAME=value, not '${wrong}'`)
  const dir = resolve(textFlag(invocation, 'workdir') ?? '')
  const fileWatches = listFlag(invocation, 'filewatch')
  const restartOn = fileWatches.length === 0 ? {} : { restartOn: { fileWatches } }
  return documentOf('Cmd', name, { args, dir, env, ...restartOn })
}

function fileWatchOf(name: string, paths: readonly string[], invocation: Invocation): ApiDocument {
  if (paths.length === 0) throw new UsageError('create filewatch takes paths after the name')
  const patterns = listOfTexts(invocation, 'ignore')
  const ignores = patterns.length === 0 ? [] : [{ basePath: process.cwd(), patterns }]
  return documentOf('FileWatch', name, { watchedPaths: paths.map((path) => resolve(path)), ignores })
}

const documentOf = (kind: string, name: string, spec: object): ApiDocument => ({
  apiVersion: 'tilt.dev/v1alpha1',
  kind,
  metadata: { name },
  spec,
})
