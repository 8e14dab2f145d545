import { ApiFailure, type Client, pathOf } from '@tiltts/client'
import type { Command, Invocation } from '../cli/command.js'
import { textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import type { ApiDocument } from '../objects/api-document.js'
import { eachObject } from '../objects/each-object.js'
import { fileFlags } from '../objects/file-flags.js'
import { lastAppliedOf, withLastApplied } from '../objects/last-applied.js'
import { threeWayPatch } from '../objects/merge-patch.js'
import { namedManifests } from '../objects/named-manifests.js'
import { outputFlag, outputOf, printWritten } from '../objects/print-object.js'
import type { Manifest } from '../objects/read-manifests.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '-f <file> | -k <folder>',
  summary: 'make objects of the session what files say',
  details:
    'Creates what is not there, and changes what is: fields that were applied before and no longer stand in the file are removed, those of others stay. What was applied is kept in the annotation of kubectl, so that both can be used on one object.',
  flags: {
    ...sessionFlags,
    ...fileFlags,
    output: outputFlag,
    'server-side': {
      type: 'boolean',
      help: 'let the session merge, by who manages which field, instead of this command',
    },
    'field-manager': { type: 'string', value: '<name>', help: 'who is said to manage the fields (default: kubectl)' },
    'force-conflicts': { type: 'boolean', help: 'with --server-side: take fields over from who manages them' },
  },
  async run(invocation) {
    if (invocation.words.length > 0) throw new UsageError(`unexpected argument: ${invocation.words.join(' ')}`)
    const output = outputOf(invocation)
    const manager = managerOf(invocation)
    const manifests = await namedManifests(invocation)
    if (manifests === undefined)
      throw new UsageError('must specify one of -f and -k', 'For example: tiltts apply -f objects.yaml')
    for (const { document, info } of manifests)
      if (document.metadata.name === undefined) throw new UsageError(`a ${info.kind} has no name, which apply needs`)
    return withSession(invocation, (client) =>
      eachObject(manifests, async (manifest) => {
        const { verb, document } = await apply(client, manifest, manager)
        await printWritten(manifest.info, document, verb, output)
      }),
    )
  },
}

interface Applied {
  readonly verb: 'created' | 'configured' | 'unchanged' | 'serverside-applied'
  readonly document: ApiDocument
}

interface Manager {
  readonly name: string
  /** Whether the session merges, and takes fields over from others then. */
  readonly serverSide: 'no' | 'yes' | 'forced'
}

function managerOf(invocation: Invocation): Manager {
  const onServer = invocation.flags['server-side'] === true
  const force = invocation.flags['force-conflicts'] === true
  if (force && !onServer) throw new UsageError('--force-conflicts only works with --server-side')
  const name = textFlag(invocation, 'field-manager') ?? (onServer ? 'kubectl' : 'kubectl-client-side-apply')
  return { name, serverSide: force ? 'forced' : onServer ? 'yes' : 'no' }
}

async function apply(client: Client, manifest: Manifest, { name, serverSide }: Manager): Promise<Applied> {
  const { info, document } = manifest
  const manager = `fieldManager=${encodeURIComponent(name)}`
  if (serverSide === 'no') return applyHere(client, manifest, manager)
  const applied = await client.call<ApiDocument>({
    method: 'PATCH',
    path: `${pathOf(info.kind, document.metadata.name)}?${manager}${serverSide === 'forced' ? '&force=true' : ''}`,
    contentType: 'application/apply-patch+yaml',
    body: document,
  })
  return { verb: 'serverside-applied', document: applied }
}

async function applyHere(client: Client, { info: { kind }, document }: Manifest, manager: string): Promise<Applied> {
  const wanted = withLastApplied(document)
  const path = pathOf(kind, document.metadata.name)
  const live = await found(client, path)
  if (live === undefined) {
    const body = await client.call<ApiDocument>({
      method: 'POST',
      path: `${pathOf(kind)}?${manager}`,
      body: wanted,
    })
    return { verb: 'created', document: body }
  }
  const patch = threeWayPatch(lastAppliedOf(live), wanted, live)
  if (Object.keys(patch).length === 0) return { verb: 'unchanged', document: live }
  const changed = await client.call<ApiDocument>({
    method: 'PATCH',
    path: `${path}?${manager}`,
    contentType: 'application/merge-patch+json',
    body: patch,
  })
  const same = changed.metadata.resourceVersion === live.metadata.resourceVersion
  return { verb: same ? 'unchanged' : 'configured', document: changed }
}

async function found(client: Client, path: string): Promise<ApiDocument | undefined> {
  try {
    return await client.call<ApiDocument>({ method: 'GET', path })
  } catch (error) {
    if (error instanceof ApiFailure && error.code === 404) return undefined
    throw error
  }
}
