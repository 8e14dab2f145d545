import type { ObjectStore } from '@tiltts/core/store'
import type { RowFacts } from './row.js'

/** What the images and containers of a resource add to its row. */
export function rowFacts(store: Pick<ObjectStore, 'get'>, name: string): RowFacts {
  return { building: buildStep(store, name), ...containerFacts(store, name) }
}

/** The image that its running update builds, and the step that this is at. */
function buildStep(store: Pick<ObjectStore, 'get'>, name: string): string | undefined {
  const resource = store.get('Resource', name)
  const update = resource?.status.current
  if (resource === undefined || update === undefined) return undefined
  for (const use of resource.spec.images) {
    const image = store.get('Image', use.name)
    if (image?.status.building?.update !== update) continue
    const at = image.status.stages.findLast(({ finishedAt, cached }) => finishedAt === undefined && !cached)
    return `building ${image.spec.repository}${at === undefined ? '' : `: ${at.name}`}`
  }
  return undefined
}

function containerFacts(store: Pick<ObjectStore, 'get'>, name: string): Omit<RowFacts, 'building'> {
  const containers = store.get('DockerComposeService', name)?.status.containers ?? []
  // Pods that have to succeed are ready by having ended.
  if (store.get('KubernetesDiscovery', name)?.spec.podReadiness === 'succeeded') return { finished: true }
  if (containers.length === 0) return {}
  return {
    healthy: containers.every(({ state }) => state.running && state.healthStatus === 'healthy'),
    finished: containers.every(({ state }) => state.status === 'exited' && state.exitCode === 0),
  }
}
