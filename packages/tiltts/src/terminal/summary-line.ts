import type { ObjectStore } from '@tiltts/core/store'
import type { Resource } from '@tiltts/spec'

/** How many of the resources that come up by themselves are ready, and which are not. */
export interface Readiness {
  readonly total: number
  readonly waiting: readonly string[]
}

const isCounted = ({ spec, status }: Resource): boolean =>
  status.enabled === 'enabled' && (spec.autoInit || status.started)

/** Readiness of all that is enabled and starts by itself. */
export function readiness(store: ObjectStore): Readiness {
  const counted = store.list('Resource').filter(isCounted)
  return {
    total: counted.length,
    waiting: counted.filter(({ status }) => !status.ready).map(({ metadata }) => metadata.name),
  }
}

/** Calls back once, when everything is ready for the first time. Looks at what has changed only. */
export function onAllReady(store: ObjectStore, callback: (total: number) => void): () => void {
  const counted = new Set<string>()
  const waiting = new Set<string>()
  const unsubscribe = store.subscribe((batch) => {
    for (const { kind, name } of batch) {
      if (kind !== 'Resource') continue
      const resource = store.get('Resource', name)
      const counts = resource !== undefined && isCounted(resource)
      put(counted, name, counts)
      put(waiting, name, counts && !resource.status.ready)
    }
    if (counted.size === 0 || waiting.size > 0) return
    unsubscribe()
    callback(counted.size)
  })
  return unsubscribe
}

function put(set: Set<string>, name: string, isIn: boolean): void {
  if (isIn) set.add(name)
  else set.delete(name)
}
