import type { ObjectStore } from '@tiltts/core/store'
import { type DisableSource, disableConfigMapName } from '@tiltts/spec'

/** `unknown`: nobody has said yet. Then nothing is started, and nothing that runs is stopped. */
export type SwitchState = 'enabled' | 'disabled' | 'unknown'

/** The key that tells whether a resource is switched off. */
export function disableSourceOf(resource: string): DisableSource {
  return { configMap: { name: disableConfigMapName(resource), key: 'isDisabled' } }
}

/** Whether a resource is switched on. */
export function switchOf(store: Pick<ObjectStore, 'get'>, resource: string): SwitchState {
  return switchState(store, disableSourceOf(resource))
}

/** What a disable source says; an object without one is always enabled. */
export function switchState(store: Pick<ObjectStore, 'get'>, source: DisableSource | undefined): SwitchState {
  if (source === undefined) return 'enabled'
  const { name, key } = source.configMap
  const value = store.get('ConfigMap', name)?.spec.data[key]
  if (value === 'true') return 'disabled'
  return value === 'false' ? 'enabled' : 'unknown'
}
