import type { ClusterProduct, ClusterStatus } from '../kinds/cluster.js'
import type { ApiObject } from '../kinds/meta.js'

/** Something that runs containers. `docker` is the Docker engine, `default` the Kubernetes cluster of the session. */
export interface WireClusterSpec {
  readonly connection: WireClusterConnection
  /** The registry that the config names. */
  readonly defaultRegistry?: RegistryHosting | undefined
}

/** One of the two is set. */
export interface WireClusterConnection {
  readonly kubernetes?: { readonly context: string; readonly namespace: string } | undefined
  readonly docker?: { readonly host?: string | undefined } | undefined
}

/** A registry by the names that it has in different places. */
export interface RegistryHosting {
  /** As this machine calls it. */
  readonly host: string
  /** As pods call it. */
  readonly hostFromClusterNetwork?: string | undefined
  /** As the nodes call it that pull from it. */
  readonly hostFromContainerRuntime?: string | undefined
  /** Where it was found. */
  readonly help?: string | undefined
  /** One repository for all images. */
  readonly singleName?: string | undefined
}

export interface WireClusterStatus extends Omit<ClusterStatus, 'registry' | 'configPath'> {
  /** The registry that the cluster itself has. */
  readonly registry?: RegistryHosting | undefined
  readonly connection?: { readonly kubernetes: KubernetesConnectionStatus } | undefined
}

export interface KubernetesConnectionStatus {
  readonly context: string
  readonly namespace: string
  /** The name of the context's cluster entry. */
  readonly cluster: string
  readonly product: ClusterProduct
  /** A kubeconfig whose current context is that of the session. */
  readonly configPath?: string | undefined
}

/** A connection that updates of resources need. Made when the config needs it. */
export type WireCluster = ApiObject<'Cluster', WireClusterSpec, WireClusterStatus>
