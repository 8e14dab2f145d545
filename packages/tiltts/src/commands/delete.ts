import { ApiFailure, type Client, pathOf } from '@tiltts/client'
import type { KindInfo } from '@tiltts/spec'
import type { Command, Invocation } from '../cli/command.js'
import { choiceFlag, durationFlag, textFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'
import type { ApiDocument } from '../objects/api-document.js'
import { eachObject } from '../objects/each-object.js'
import { fileFlags } from '../objects/file-flags.js'
import { type NamedObject, objectsNamed, qualifiedName } from '../objects/kind-name.js'
import { namedManifests } from '../objects/named-manifests.js'
import { sessionFlags, withSession } from '../sessions/connect.js'

export const command: Command = {
  usage: '-f <file> | -k <folder> | <type> <name…> | <type>/<name>… | <type> -l <selector> | <type> --all',
  summary: 'delete objects of the session',
  flags: {
    ...sessionFlags,
    ...fileFlags,
    selector: { type: 'string', short: 'l', value: '<selector>', help: 'those with these labels: key=value,other' },
    all: { type: 'boolean', help: 'all of the type' },
    'ignore-not-found': { type: 'boolean', help: 'that there is none is fine' },
    wait: { type: 'boolean', help: 'wait until finalizers have let go of them (the default; --wait=false does not)' },
    timeout: { type: 'string', value: '<duration>', help: 'wait no longer than this (default: 0, no limit)' },
    output: { type: 'string', short: 'o', value: '<form>', help: 'name: print names alone' },
  },
  async run(invocation) {
    const named = await namedObjects(invocation)
    const output = choiceFlag(invocation, 'output', ['name'])
    const waits = invocation.flags['wait'] !== false
    const timeout = durationFlag(invocation, 'timeout')
    return withSession(invocation, async (client) => {
      const objects = named.objects ?? (await selected(client, named.kinds, textFlag(invocation, 'selector')))
      const signal = timeout === undefined || timeout === 0 ? undefined : AbortSignal.timeout(timeout)
      if (objects.length === 0) process.stdout.write('No resources found\n')
      return eachObject(objects, async ({ info, name }) => {
        const isGone = await remove(client, { info, name }, invocation.flags['ignore-not-found'] === true)
        if (isGone === 'absent') return
        const said =
          output === 'name' ? qualifiedName(info, name) : `${info.kind.toLowerCase()}.tilt.dev "${name}" deleted`
        process.stdout.write(`${said}\n`)
        if (isGone === 'marked' && waits) await whenGone(client, { info, name }, signal)
      })
    })
  },
}

/** Objects by name, or the kinds whose objects are to be selected. Throws a UsageError. */
type Named =
  | { readonly objects: readonly NamedObject[] }
  | { readonly objects?: undefined; readonly kinds: readonly KindInfo[] }

async function namedObjects(invocation: Invocation): Promise<Named> {
  const { words, flags } = invocation
  const manifests = await namedManifests(invocation)
  if (manifests !== undefined) {
    if (words.length > 0) throw new UsageError(`unexpected argument beside files: ${words.join(' ')}`)
    return { objects: manifests.map(({ info, document }) => ({ info, name: document.metadata.name ?? '' })) }
  }
  const selects = flags['all'] === true || flags['selector'] !== undefined
  if (words.length === 0)
    throw new UsageError('must specify -f, or a type and names', 'For example: tiltts delete cmd x')
  const { kinds, objects } = objectsNamed(words)
  if (selects && objects.length > 0) throw new UsageError('names go without --all and --selector')
  if (selects) return { kinds }
  if (objects.length > 0) return { objects }
  throw new UsageError('resource(s) were provided, but no name was specified', 'Name them, or say --all or -l')
}

async function selected(
  client: Client,
  kinds: readonly KindInfo[],
  selector: string | undefined,
): Promise<readonly NamedObject[]> {
  const query = selector === undefined ? '' : `?labelSelector=${encodeURIComponent(selector)}`
  const lists = kinds.map(async (info) => {
    const path = pathOf(info.kind) + query
    const { items } = await client.call<{ items: readonly ApiDocument[] }>({ method: 'GET', path })
    return items.map(({ metadata }) => ({ info, name: metadata.name ?? '' }))
  })
  return (await Promise.all(lists)).flat()
}

/** `marked`: it goes once its finalizers have let go of it. */
async function remove(
  client: Client,
  { info: { kind }, name }: NamedObject,
  mayBeAbsent: boolean,
): Promise<'gone' | 'marked' | 'absent'> {
  try {
    const answer = await client.call<{ kind: string }>({ method: 'DELETE', path: pathOf(kind, name) })
    return answer.kind === 'Status' ? 'gone' : 'marked'
  } catch (error) {
    if (mayBeAbsent && error instanceof ApiFailure && error.code === 404) return 'absent'
    throw error
  }
}

async function whenGone(
  client: Client,
  { info: { kind, plural }, name }: NamedObject,
  limit: AbortSignal | undefined,
): Promise<void> {
  const enough = new AbortController()
  const signal = limit === undefined ? enough.signal : AbortSignal.any([enough.signal, limit])
  try {
    const { items } = await client.call<{ items: readonly unknown[] }>({
      method: 'GET',
      path: `${pathOf(kind)}?fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`,
    })
    if (items.length === 0) return
    for await (const { type } of client.watch(kind, { name, signal })) if (type === 'DELETED') return
  } catch (error) {
    if (limit?.aborted !== true) throw error
    throw new ApiFailure(504, 'Timeout', `timed out waiting for the condition on ${plural}/${name}`)
  } finally {
    enough.abort()
  }
}
