import type { DisableSource } from '@tiltts/spec'
import { nameIndex } from './name-index.js'
import { keysOf } from './switch-state.js'

/** Which objects a ConfigMap switches on and off. */
export interface DisableIndex {
  set(object: string, source: DisableSource | undefined): void
  of(configMap: string): Iterable<string>
}

export function disableMapIndex(): DisableIndex {
  const objects = nameIndex()
  return {
    set(object, source) {
      const maps = keysOf(source).map(({ name }) => name)
      objects.set(object, maps)
    },
    of: objects.of,
  }
}
