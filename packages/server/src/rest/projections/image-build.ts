import type { ClusterImageNeeds, Image, ImageBuildState, Kind } from '@tiltts/spec'
import { clientName } from '../shapes/client-name.js'
import type { Projected } from './projection.js'

/** An image is shown once for each resource that runs it, and once where it is only built upon. */
export function perResource<P extends Kind>(
  image: Image,
  made: Pick<Projected<P>, 'spec' | 'status'>,
): readonly Projected<P>[] {
  const { name } = image.metadata
  const { deployedBy } = image.spec
  if (deployedBy.length === 0) return [{ name: clientName(name), ...made }]
  return deployedBy.map((resource) => ({ name: clientName(`${resource}:${name}`), part: resource, ...made }))
}

/** Where its build is. */
export function buildState({ status: { building, result, error, stages } }: Image): ImageBuildState {
  const ref = result === undefined ? {} : { ref: result.ref }
  if (building !== undefined) return { ...ref, building: { reason: building.update, startedAt: building.startedAt } }
  if (result === undefined && error === undefined) return { waiting: { reason: 'not built yet' } }
  const times = stages.flatMap(({ finishedAt }) => (finishedAt === undefined ? [] : [finishedAt])).toSorted()
  const startedAt = error === undefined ? result?.buildStartTime : stages[0]?.startedAt
  const finishedAt = times.at(-1)
  return {
    ...ref,
    completed: {
      reason: error === undefined ? 'built' : 'failed',
      ...(error !== undefined && { error }),
      ...(startedAt !== undefined && { startedAt }),
      ...(finishedAt !== undefined && { finishedAt }),
    },
  }
}

/** What it is built upon, and for which cluster. */
export function buildPlace(
  { spec: { dependsOn, deployedBy } }: Image,
  hasCluster: boolean,
): { imageMaps?: readonly string[]; cluster: string; clusterNeeds?: ClusterImageNeeds } {
  const needs = deployedBy.length === 0 ? 'base-image' : 'push'
  return {
    ...(dependsOn.length > 0 && { imageMaps: dependsOn.map(clientName) }),
    cluster: hasCluster ? 'default' : 'docker',
    ...(hasCluster && { clusterNeeds: needs }),
  }
}
