import { ApiFailure, type Client, pathOf } from '@tiltts/client'
import type { Command } from '../cli/command.js'
import { listOfTexts } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import type { ApiDocument } from '../objects/api-document.js'
import { eachObject } from '../objects/each-object.js'
import { lastAppliedOf, withLastApplied } from '../objects/last-applied.js'
import { threeWayPatch } from '../objects/merge-patch.js'
import { outputFlag, outputOf, printWritten } from '../objects/print-object.js'
import { type Manifest, manifestFlags, readManifests } from '../objects/read-manifests.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '-f <file>',
  summary: 'make objects of the session what files say',
  details:
    'Creates what is not there, and changes what is: fields that were applied before and no longer stand in the file are removed, those of others stay. What was applied is kept in the annotation of kubectl, so that both can be used on one object.',
  flags: { ...sessionFlags, ...manifestFlags, output: outputFlag },
  async run(invocation) {
    const files = listOfTexts(invocation, 'filename')
    if (files.length === 0) throw new UsageError('must specify -f', 'For example: tiltts apply -f objects.yaml')
    if (invocation.words.length > 0) throw new UsageError(`unexpected argument: ${invocation.words.join(' ')}`)
    const output = outputOf(invocation)
    const manifests = await readManifests(files, { recursive: invocation.flags['recursive'] === true })
    for (const { document, info } of manifests)
      if (document.metadata.name === undefined) throw new UsageError(`a ${info.kind} has no name, which apply needs`)
    return withSession(invocation, (client) =>
      eachObject(manifests, async (manifest) => {
        const { verb, document } = await apply(client, manifest)
        await printWritten(manifest.info, document, verb, output)
      }),
    )
  },
}

interface Applied {
  readonly verb: 'created' | 'configured' | 'unchanged'
  readonly document: ApiDocument
}

const manager = 'fieldManager=kubectl-client-side-apply'

async function apply(client: Client, { info: { kind }, document }: Manifest): Promise<Applied> {
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
