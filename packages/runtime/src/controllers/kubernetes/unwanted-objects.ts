import type { ObjectStore } from '@tiltts/core/store'
import { type KubernetesApply, type KubernetesRef, wellKnown } from '@tiltts/spec'
import { isSameRef } from '../../executors/kubernetes/applied-object.js'
import type { InventoryEntry } from '../../executors/kubernetes/inventory.js'
import { switchState } from '../switch-state.js'

export interface UnwantedOptions {
  readonly command: 'dev' | 'ci'
  /** Of objects that name none. */
  readonly namespace: string
  /** Whether a resource was enabled at some time of this session: what was off from its start is left as it is. */
  readonly wasEnabled: (resource: string) => boolean
}

/**
 * What this project has put into the cluster and no resource wants any more: it left the manifests of a resource that was
 * applied since without it, or its resource was switched off or left the config. In `ci` no resource is missed that is not
 * there.
 */
export function unwantedObjects(
  store: ObjectStore,
  entries: readonly InventoryEntry[],
  options: UnwantedOptions,
): readonly InventoryEntry[] {
  if (store.get('Tiltfile', wellKnown.tiltfile)?.status.live === undefined) return []
  const applies = store.list('KubernetesApply')
  const enabled = applies.filter(({ spec }) => switchState(store, spec.disableSource) !== 'disabled')
  const wanted = (entry: InventoryEntry): boolean =>
    enabled.some(({ spec }) => spec.objects.some((ref) => isMeant(ref, entry, options.namespace)))
  return entries.filter((entry) => isLetGo(store, entry, options) && !wanted(entry))
}

function isLetGo(store: ObjectStore, { resource, uid }: InventoryEntry, options: UnwantedOptions): boolean {
  const apply: KubernetesApply | undefined = store.get('KubernetesApply', resource)
  if (apply === undefined) return options.command === 'dev'
  switch (switchState(store, apply.spec.disableSource)) {
    case 'unknown':
      return false
    case 'disabled':
      return options.command === 'dev' && options.wasEnabled(resource)
    case 'enabled': {
      const { applied, appliedOnce, error } = apply.status
      return appliedOnce && error === undefined && !applied.some((one) => one.uid === uid)
    }
  }
}

/** Whether a manifest means an object of the cluster, which has no namespace when its kind has none. */
export function isMeant(ref: KubernetesRef, entry: InventoryEntry, namespace: string): boolean {
  const named = ref.namespace === '' ? namespace : ref.namespace
  return isSameRef({ ...ref, namespace: entry.namespace === '' ? '' : named }, entry)
}
