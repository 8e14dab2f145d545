import type { ObjectStore } from '@tiltts/core/store'
import {
  type Cluster,
  clusterName,
  type ImageSpec,
  type KubernetesConnection,
  type RegistrySpec,
  type Resource,
  wellKnown,
} from '@tiltts/spec'
import type { ImageCluster } from '../../executors/image/image-job.js'
import type { PushTarget } from '../../executors/kubernetes/push-image.js'

type Store = Pick<ObjectStore, 'get'>

/** The Kubernetes cluster of the session; `undefined`: nothing needs one. */
export function kubernetesCluster(store: Store): Cluster | undefined {
  return store.get('Cluster', clusterName.kubernetes)
}

/** Whether the cluster has answered, and was not found to be away since. */
export function isClusterConnected(store: Store): boolean {
  const status = kubernetesCluster(store)?.status
  return status?.connectedAt !== undefined && status.error === undefined
}

/** Tells the cluster from all others, by what it says of itself, else by what it is called. */
export function clusterKey(store: Store): string {
  const cluster = kubernetesCluster(store)
  return clusterKeyOf(connectionOf(cluster), cluster?.status.uid)
}

/** The same of a cluster that no session is about. What is in another namespace is another session's. */
export function clusterKeyOf(
  connection: Pick<KubernetesConnection, 'context' | 'cluster' | 'namespace'> | undefined,
  uid: string | undefined,
): string {
  const identity = uid || `${connection?.context ?? ''}/${connection?.cluster ?? ''}`
  return `${identity}/${connection?.namespace ?? ''}`
}

export function connectionOf(cluster: Cluster | undefined): KubernetesConnection | undefined {
  return cluster?.spec.connection.kubernetes
}

/** Where images of the session are pushed to: the cluster's own registry, else that of the config. */
function registryOf(store: Store): RegistrySpec | undefined {
  const found = kubernetesCluster(store)?.status.registry
  if (found !== undefined) return { host: found.host, hostFromCluster: found.hostFromCluster, place: undefined }
  return store.get('Tiltfile', wellKnown.tiltfile)?.status.live?.registry
}

/** Where images go that this cluster runs; `undefined`: there is no cluster. */
export function pushTarget(store: Store): PushTarget | undefined {
  const cluster = kubernetesCluster(store)
  const connection = connectionOf(cluster)
  if (cluster === undefined || connection === undefined) return undefined
  const sharesDockerImages = cluster.status.sharesDockerImages === true
  return { connection, cluster: clusterKey(store), registry: registryOf(store), sharesDockerImages }
}

/** What the cluster wants of an image that it runs, or that images which it runs are built upon. */
export function imageCluster(store: Store, image: ImageSpec, resource: Resource): ImageCluster | undefined {
  const users = [resource, ...image.deployedBy.map((name) => store.get('Resource', name))]
  if (!users.some((user) => user?.spec.type === 'k8s')) return undefined
  const target = pushTarget(store)
  const registry = target?.sharesDockerImages === true ? undefined : target?.registry
  return { arch: kubernetesCluster(store)?.status.arch, registry }
}
