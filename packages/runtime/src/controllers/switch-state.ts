import type { ObjectStore } from '@tiltts/core/store'
import { type DisableKey, type DisableSource, disableConfigMapName } from '@tiltts/spec'

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

/** What a disable source says: off when each of its keys says so. An object without a source is always enabled. */
export function switchState(store: Pick<ObjectStore, 'get'>, source: DisableSource | undefined): SwitchState {
  const states = keysOf(source).map((key) => keyState(store, key))
  if (states.length === 0 || states.includes('enabled')) return 'enabled'
  return states.includes('unknown') ? 'unknown' : 'disabled'
}

/** All keys of a source. */
export function keysOf(source: DisableSource | undefined): readonly DisableKey[] {
  const one = source?.configMap
  return [...(one === undefined ? [] : [one]), ...(source?.everyConfigMap ?? [])]
}

function keyState(store: Pick<ObjectStore, 'get'>, { name, key }: DisableKey): SwitchState {
  const value = store.get('ConfigMap', name)?.spec.data[key]
  if (value === 'true') return 'disabled'
  return value === 'false' ? 'enabled' : 'unknown'
}
