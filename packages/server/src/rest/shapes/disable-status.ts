import type { ObjectStore } from '@tiltts/core/store'
import type { ConfigMap, DisableSource, DisableStatus } from '@tiltts/spec'

/** The ConfigMaps that switch an object; `undefined` for those that are not there. */
export function switchMaps(store: ObjectStore, source: DisableSource | undefined): readonly (ConfigMap | undefined)[] {
  return keysOf(source).map(({ name }) => store.get('ConfigMap', name))
}

/** What those ConfigMaps say; `undefined` for an object that has no switch. */
export function disableStatus(
  source: DisableSource | undefined,
  maps: readonly (ConfigMap | undefined)[],
): { readonly disableStatus?: DisableStatus } {
  const keys = keysOf(source)
  const [first] = keys
  if (first === undefined) return {}
  const states = keys.map(({ key }, index) => stateOf(maps[index]?.spec.data[key], maps[index] !== undefined))
  // Several switch it off only together.
  const state = (['Error', 'Pending', 'Enabled'] as const).find((one) => states.includes(one)) ?? 'Disabled'
  const at = maps.findIndex((_, index) => states[index] === state)
  const named = keys[at] ?? first
  return {
    disableStatus: {
      disabled: state === 'Disabled',
      lastUpdateTime: lastSet(maps) ?? '1970-01-01T00:00:00.000000Z',
      reason: reasonOf(state, `ConfigMap ${named.name}, key ${named.key}`),
      state,
    },
  }
}

const keysOf = (source: DisableSource | undefined): readonly { readonly name: string; readonly key: string }[] =>
  source?.configMap === undefined ? (source?.everyConfigMap ?? []) : [source.configMap]

function stateOf(value: string | undefined, isThere: boolean): DisableStatus['state'] {
  if (!isThere || value === undefined) return 'Pending'
  return value === 'true' ? 'Disabled' : value === 'false' ? 'Enabled' : 'Error'
}

function reasonOf(state: DisableStatus['state'], where: string): string {
  switch (state) {
    case 'Pending':
      return `${where} is not there`
    case 'Error':
      return `${where} is neither true nor false`
    default:
      return `${where} is ${state === 'Disabled'}`
  }
}

/** Clients that set something leave the time of it. */
function lastSet(maps: readonly (ConfigMap | undefined)[]): string | undefined {
  return maps
    .flatMap((map) => [map?.metadata.creationTimestamp, ...(map?.metadata.managedFields ?? []).map(({ time }) => time)])
    .filter((time) => time !== undefined)
    .toSorted()
    .at(-1)
}
