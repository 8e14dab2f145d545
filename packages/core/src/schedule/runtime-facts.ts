import type { ContainerState, DockerComposeService, Resource } from '@tiltts/spec'
import { hasLiveUpdate, liveUpdateCovers } from '../live-update/live-update-covers.js'
import type { RuntimeFacts } from './types.js'

/**
 * What the planner has to know of what runs for a resource. The cost is that of its pending files.
 *
 * @param service - the resource's service, when it is one
 * @param settledImages - see {@link RuntimeFacts.settledImages}
 */
export function runtimeFacts(
  { spec, status }: Pick<Resource, 'spec' | 'status'>,
  service: DockerComposeService | undefined,
  settledImages?: ReadonlySet<string> | undefined,
): RuntimeFacts {
  const { pendingFiles } = status
  const covered =
    pendingFiles !== undefined && hasLiveUpdate(spec.images) && liveUpdateCovers(spec.images, pendingFiles).covered
  return { covered, containers: containersOf(service), settledImages }
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
