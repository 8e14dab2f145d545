import type { Client } from '@tiltts/client'
import { disableConfigMapName, InfraError, type UIResource, wellKnown } from '@tiltts/spec'
import type { Flags, Invocation } from '../cli/command.js'
import { listFlag } from '../cli/parse.js'
import { UsageError } from '../cli/usage-error.js'

/** Which resources are meant. */
export interface Selection {
  readonly names: readonly string[]
  /** Those that have one of these. */
  readonly labels: readonly string[]
  readonly all: boolean
}

export const selectionFlags: Flags = {
  all: { type: 'boolean', help: 'all resources' },
  labels: { type: 'string', short: 'l', multiple: true, value: '<labels>', help: 'those with one of these labels' },
}

/** What an invocation selects. Throws a UsageError when that is nothing, or contradicts itself. */
export function selectionOf(invocation: Invocation): Selection {
  const names = [...invocation.words, ...invocation.rest]
  const labels = listFlag(invocation, 'labels')
  const all = invocation.flags['all'] === true
  if (all && names.length > 0) throw new UsageError('cannot use --all with resource names')
  if (!all && names.length === 0 && labels.length === 0)
    throw new UsageError('must specify at least one resource', 'Name resources, or say --labels or --all')
  return { names, labels, all }
}

/**
 * The resources of a selection, without the config's own row unless it is named. Throws `session/unknown-resource` for a name
 * that there is not.
 */
export function selected(
  rows: readonly UIResource[],
  { names, labels, all }: Selection,
  complaint: (name: string) => string = (name) => `no such resource "${name}"`,
): readonly UIResource[] {
  const known = new Set(rows.map((row) => row.metadata.name))
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0) {
    const list = unknown.map(complaint).join(', ')
    throw new InfraError('session/unknown-resource', 'session', `${list}. There are: ${[...known].join(', ')}`)
  }
  return rows.filter(({ metadata }) => {
    if (names.includes(metadata.name)) return true
    if (metadata.name === wellKnown.tiltfile) return false
    return all || labels.some((label) => metadata.labels?.[label] !== undefined)
  })
}

/** Switches resources on and off. All names are looked at before anything is changed. */
export async function switchResources(
  client: Client,
  selection: Selection,
  { disable, others = false }: { readonly disable: boolean; readonly others?: boolean },
): Promise<void> {
  const rows = await client.list('UIResource')
  const chosen = new Set(selected(rows, selection).map((row) => row.metadata.name))
  if (chosen.has(wellKnown.tiltfile))
    throw new UsageError(`${wellKnown.tiltfile} cannot be ${disable ? 'disabled' : 'enabled'}: it is the config itself`)
  const switchable = rows.map((row) => row.metadata.name).filter((name) => name !== wellKnown.tiltfile)
  const rest = others ? switchable.filter((name) => !chosen.has(name)) : []
  await Promise.all([
    ...[...chosen].map((name) => setDisabled(client, name, disable)),
    ...rest.map((name) => setDisabled(client, name, !disable)),
  ])
}

async function setDisabled(client: Client, resource: string, isDisabled: boolean): Promise<void> {
  await client.patch('ConfigMap', disableConfigMapName(resource), { data: { isDisabled: String(isDisabled) } })
}
