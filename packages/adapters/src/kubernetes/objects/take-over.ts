import { kubernetesRefusal } from '@tiltts/runtime/ports'
import type { Transport } from '../transport.js'

/** Tools whose fields become ours when we first apply an object, so that what a manifest no longer has goes away. */
const PREDECESSORS = new Set(['kubectl-client-side-apply', 'tilt'])
const TRIES = 4

/** The fields of one owner, as a tree: `f:spec` → `f:replicas` → `{}`. */
type FieldTree = Readonly<Record<string, unknown>>

interface ManagedFields {
  readonly manager?: string
  readonly operation?: string
  readonly apiVersion?: string
  readonly time?: string
  readonly fieldsType?: string
  readonly fieldsV1?: FieldTree
  readonly subresource?: string
}

/**
 * Makes us the owner of what kubectl or Tilt has applied. Otherwise those own it together with us, for ever, and no field
 * could be removed by leaving it out of the manifest.
 */
export async function takeOver(
  transport: Transport,
  path: string,
  manager: string,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    const metadata = await metadataOf(transport, path, signal)
    const fields = metadata && fieldsTakenOver(metadata.managedFields ?? [], manager)
    if (!metadata || fields === undefined) return
    const body = [
      { op: 'replace', path: '/metadata/managedFields', value: fields },
      // Somebody else may write it at this moment.
      { op: 'replace', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    ]
    try {
      await transport.request('PATCH', path, {
        query: { fieldManager: manager },
        body,
        contentType: 'application/json-patch+json',
        signal,
      })
      return
    } catch (error) {
      const status = kubernetesRefusal(error)?.status
      if (status === 404) return
      if (status !== 409 || tries >= TRIES) throw error
    }
  }
}

interface Metadata {
  readonly resourceVersion: string
  readonly managedFields?: readonly ManagedFields[]
}

async function metadataOf(transport: Transport, path: string, signal: AbortSignal): Promise<Metadata | undefined> {
  try {
    const accept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json'
    const { body } = await transport.request('GET', path, { accept, signal })
    return (body as { readonly metadata: Metadata }).metadata
  } catch (error) {
    if (kubernetesRefusal(error)?.status === 404) return undefined
    throw error
  }
}

/** The new list of owners; `undefined`: nothing is to be taken over. */
export function fieldsTakenOver(
  owners: readonly ManagedFields[],
  manager: string,
): readonly ManagedFields[] | undefined {
  const isPredecessor = (one: ManagedFields): boolean =>
    one.manager !== manager && PREDECESSORS.has(one.manager ?? '') && !one.subresource
  const old = owners.filter(isPredecessor)
  if (old.length === 0) return undefined
  const isOurs = (one: ManagedFields): boolean =>
    one.manager === manager && one.operation === 'Apply' && !one.subresource
  const ours = owners.find(isOurs)
  const fieldsV1 = [ours, ...old].reduce<FieldTree>((all, one) => union(all, one?.fieldsV1 ?? {}), {})
  const entry: ManagedFields = {
    fieldsType: 'FieldsV1',
    ...(ours ?? old[0]),
    manager,
    operation: 'Apply',
    fieldsV1,
  }
  return [...owners.filter((one) => !isPredecessor(one) && !isOurs(one)), entry]
}

function union(a: FieldTree, b: FieldTree): FieldTree {
  const all: Record<string, unknown> = { ...a }
  for (const [field, below] of Object.entries(b)) {
    const there = all[field]
    all[field] = isTree(there) && isTree(below) ? union(there, below) : below
  }
  return all
}

function isTree(value: unknown): value is FieldTree {
  return typeof value === 'object' && value !== null
}
