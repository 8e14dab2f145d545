import type { ObjectStore } from '@tiltts/core/store'
import { type ClusterName, type ClusterStatus, clusterName, isTiltError, type TiltError } from '@tiltts/spec'
import { type Watch, watch } from '../controller.js'

/** Name of the Cluster that stands for the Docker engine. */
export const dockerCluster: ClusterName = clusterName.docker

/** Whether the engine has answered, and was not found to be away since. */
export function isDockerConnected(store: Pick<ObjectStore, 'get'>): boolean {
  return isConnected(store.get('Cluster', dockerCluster)?.status)
}

/** Whether an error says that no engine answers, so that it is worth waiting for one. */
export function isUnreachable(error: unknown): error is TiltError {
  return isTiltError(error) && error.code === 'docker/unreachable'
}

/** Wakes names when the engine goes away or comes back. */
export function watchDocker(names: () => Iterable<string>): Watch {
  return watch('Cluster', ({ name, before, after }) => {
    if (name !== dockerCluster) return []
    const changed =
      isConnected(before?.status) !== isConnected(after?.status) ||
      before?.status.connectedAt !== after?.status.connectedAt
    return changed ? names() : []
  })
}

function isConnected(status: ClusterStatus | undefined): boolean {
  return status?.connectedAt !== undefined && status.error === undefined
}
