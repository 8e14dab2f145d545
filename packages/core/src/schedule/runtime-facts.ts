import type { ContainerState, DockerComposeService, KubernetesDiscovery, Resource } from '@tiltts/spec'
import { hasLiveUpdate, liveUpdateCovers } from '../live-update/live-update-covers.js'
import { liveUses } from '../live-update/live-uses.js'
import type { RuntimeFacts } from './types.js'

/**
 * What the planner has to know of what runs for a resource. The cost is that of its pending files.
 *
 * @param runs - what runs for it: the service that it is, what was found of it in the cluster
 * @param settledImages - see {@link RuntimeFacts.settledImages}
 */
export function runtimeFacts(
  { spec, status }: Pick<Resource, 'spec' | 'status'>,
  { service, discovery }: RuntimeObjects,
  settledImages?: ReadonlySet<string> | undefined,
): RuntimeFacts {
  const { pendingFiles } = status
  const uses = liveUses(spec)
  const covered = pendingFiles !== undefined && hasLiveUpdate(uses) && liveUpdateCovers(uses, pendingFiles).covered
  return { covered, containers: discovery === undefined ? containersOf(service) : podsOf(discovery), settledImages }
}

/** What tells of what runs for a resource, whatever kind of resource it is. */
interface RuntimeObjects {
  readonly service?: DockerComposeService | undefined
  readonly discovery?: KubernetesDiscovery | undefined
}

/** Pods that go away do not count; crashed containers are what an image is built anew for. */
function podsOf({ status: { known, pods, objects, startedOnce } }: KubernetesDiscovery): RuntimeFacts['containers'] {
  if (!known) return 'coming'
  const staying = pods.filter(({ deleting, phase }) => !deleting && phase !== 'Succeeded' && phase !== 'Failed')
  if (staying.length === 0) {
    // What has an owner that is there gets a successor.
    const replaced = pods.some(({ deleting, owners }) => deleting && owners.length > 0)
    const isComing = replaced || objects.some(({ state }) => state === 'progressing')
    return !startedOnce || (isComing && !objects.some(({ state }) => state === 'gone')) ? 'coming' : 'down'
  }
  const containers = staying.flatMap((pod) => pod.containers.filter(({ init }) => !init))
  if (containers.some(({ state, waiting }) => state === 'terminated' || isBroken(waiting?.reason))) return 'down'
  return containers.every(({ state }) => state === 'running') ? 'running' : 'coming'
}

function isBroken(reason: string | undefined): boolean {
  return reason !== undefined && !['', 'ContainerCreating', 'PodInitializing'].includes(reason)
}

function containersOf(service: DockerComposeService | undefined): RuntimeFacts['containers'] {
  if (service === undefined) return 'down'
  const { known, containers, startedOnce } = service.status
  if (!known) return 'coming'
  // Before the first was seen it is still on its way; later somebody has taken it away.
  if (containers.length === 0) return startedOnce ? 'down' : 'coming'
  const states = containers.map(({ state }) => containerOf(state))
  if (states.includes('down')) return 'down'
  return states.includes('coming') ? 'coming' : 'running'
}

function containerOf({ status, error, restartCount }: ContainerState): RuntimeFacts['containers'] {
  if (status === 'running') return 'running'
  if (status === 'paused') return 'coming'
  return status === 'created' && error === '' && restartCount === 0 ? 'coming' : 'down'
}
