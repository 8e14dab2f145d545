import type { ObjectStore } from '@tiltts/core/store'
import { type Cluster, clusterName, type RegistrySpec, wellKnown } from '@tiltts/spec'

/** What tells where images are pushed to. */
export function registryBeside(store: ObjectStore): readonly [Cluster | undefined, RegistrySpec | undefined] {
  return [
    store.get('Cluster', clusterName.kubernetes),
    store.get('Tiltfile', wellKnown.tiltfile)?.status.live?.registry,
  ]
}

/** The cluster's own registry, else that of the config; none where the cluster has the images of the local engine. */
export function registryOf([cluster, configured]: readonly [Cluster | undefined, RegistrySpec | undefined]):
  | RegistrySpec
  | undefined {
  if (cluster === undefined || cluster.status.sharesDockerImages === true) return undefined
  const found = cluster.status.registry
  if (found === undefined) return configured
  return { host: found.host, hostFromCluster: found.hostFromCluster, place: undefined }
}
