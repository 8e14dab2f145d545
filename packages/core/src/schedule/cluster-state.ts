import type { Cluster } from '@tiltts/spec'
import type { ClusterState } from './types.js'

/** Where an engine stands by its object; without one it was not asked yet. */
export function clusterState(cluster: Pick<Cluster, 'status'> | undefined): ClusterState {
  const { error, connectedAt } = cluster?.status ?? {}
  return error === undefined ? { connected: connectedAt !== undefined } : { connected: false, error }
}
