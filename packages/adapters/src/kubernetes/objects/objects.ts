import {
  type Clock,
  type KubernetesContext,
  kubernetesRefusal,
  type RemoveOptions,
  type WatchSelection,
} from '@tiltts/runtime/ports'
import { InfraError, type KubernetesManifest, type KubernetesRef } from '@tiltts/spec'
import type { Transport } from '../transport.js'
import type { Kinds } from './kinds.js'
import { listPages } from './list-pages.js'
import { asManifest } from './manifest.js'

/** What calls about objects need. */
export interface ObjectParts {
  readonly transport: Transport
  readonly kinds: Kinds
  readonly clock: Clock
  readonly context: KubernetesContext
}

export async function getObject(
  { transport, kinds, context }: ObjectParts,
  ref: KubernetesRef,
  signal: AbortSignal,
): Promise<KubernetesManifest | undefined> {
  const place = await kinds.find(ref.apiVersion, ref.kind, signal)
  if (place === undefined) return undefined
  try {
    const { body } = await transport.request('GET', place.object(ref.namespace || context.namespace, ref.name), {
      signal,
    })
    return asManifest(body)
  } catch (error) {
    if (kubernetesRefusal(error)?.status === 404) return undefined
    throw error
  }
}

export async function removeObject(
  { transport, kinds, context }: ObjectParts,
  ref: KubernetesRef,
  options: RemoveOptions,
  signal: AbortSignal,
): Promise<'removed' | 'absent'> {
  const place = await kinds.find(ref.apiVersion, ref.kind, signal)
  if (place === undefined) return 'absent'
  const propagation = options.propagation ?? 'background'
  const body = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    propagationPolicy: propagation.charAt(0).toUpperCase() + propagation.slice(1),
    gracePeriodSeconds: options.graceSeconds,
    preconditions: options.uid === undefined ? undefined : { uid: options.uid },
  }
  try {
    await transport.request('DELETE', place.object(ref.namespace || context.namespace, ref.name), { body, signal })
    return 'removed'
  } catch (error) {
    const refusal = kubernetesRefusal(error)
    if (refusal?.status === 404) return 'absent'
    if (
      refusal?.status === 409 &&
      options.uid !== undefined &&
      /UID in (the )?precondition|precondition failed: UID/i.test(refusal.message)
    ) {
      return 'absent'
    }
    throw error
  }
}

export async function* listObjects(
  { transport, kinds }: ObjectParts,
  selection: WatchSelection,
  signal: AbortSignal,
): AsyncGenerator<KubernetesManifest> {
  const place = await kinds.find(selection.apiVersion, selection.kind, signal)
  if (place === undefined) throw unknownKind(selection.apiVersion, selection.kind)
  for await (const page of listPages(transport, place, selection, signal)) yield* page.objects
}

export function unknownKind(apiVersion: string, kind: string): InfraError {
  const message = `the cluster knows no kind "${kind}" of ${apiVersion}`
  return new InfraError('kubernetes/refused', 'kubernetes', message, {
    details: { status: 404, reason: 'NotFound', message, causes: [] },
  })
}
