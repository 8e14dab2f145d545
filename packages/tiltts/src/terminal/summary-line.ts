import type { ObjectStore } from '@tiltts/core/store'

/** How many of the resources that come up by themselves are ready, and which are not. */
export interface Readiness {
  readonly total: number
  readonly waiting: readonly string[]
}

/** Readiness of all that is enabled and starts by itself. */
export function readiness(store: ObjectStore): Readiness {
  const counted = store
    .list('Resource')
    .filter(({ spec, status }) => status.enabled === 'enabled' && (spec.autoInit || status.started))
  return {
    total: counted.length,
    waiting: counted.filter(({ status }) => !status.ready).map(({ metadata }) => metadata.name),
  }
}

/** Calls back once, when everything is ready for the first time. */
export function onAllReady(store: ObjectStore, callback: (total: number) => void): () => void {
  const unsubscribe = store.subscribe((batch) => {
    if (!batch.some((change) => change.kind === 'Resource')) return
    const { total, waiting } = readiness(store)
    if (total === 0 || waiting.length > 0) return
    unsubscribe()
    callback(total)
  })
  return unsubscribe
}
