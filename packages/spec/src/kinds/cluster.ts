import type { ApiTime } from '../time.js'
import type { ApiObject } from './meta.js'

/** Something that runs containers. `docker` is the Docker engine, `default` the Kubernetes cluster of the session. */
export interface ClusterSpec {
  readonly connection: ClusterConnection
}

export type ClusterConnection =
  | { readonly docker: { readonly host?: string | undefined }; readonly kubernetes?: undefined }
  | { readonly kubernetes: KubernetesConnection; readonly docker?: undefined }

/** The context that the session was pinned to when it started. */
export interface KubernetesConnection {
  readonly context: string
  readonly namespace: string
  /** The name of the context's cluster entry. */
  readonly cluster: string
  readonly product: ClusterProduct
}

/** What kind of cluster a kubeconfig's cluster entry names. `unknown` and the remote ones must be allowed by name. */
export type ClusterProduct =
  | 'docker-desktop'
  | 'minikube'
  | 'microk8s'
  | 'crc'
  | 'krucible'
  | 'kind'
  | 'k3d'
  | 'rancher-desktop'
  | 'colima'
  | 'orbstack'
  | 'gke'
  | 'eks'
  | 'unknown'

/** The registry that a cluster pulls from and this machine pushes to. */
export interface ClusterRegistry {
  /** As this machine calls it: `localhost:5000`. */
  readonly host: string
  /** As the cluster's nodes call it, where that differs. */
  readonly hostFromCluster?: string | undefined
  /** Where it was found: `local-registry-hosting`, `microk8s`, `node-annotation`. */
  readonly source: string
}

export interface ClusterStatus {
  /** Absent: it answers, or was not asked yet. */
  readonly error?: string | undefined
  /** Since when it does not answer. */
  readonly errorSince?: ApiTime | undefined
  /** Absent while it does not answer. */
  readonly connectedAt?: ApiTime | undefined
  readonly arch?: string | undefined
  readonly version?: string | undefined
  /** Of Kubernetes: tells this cluster from all others. */
  readonly uid?: string | undefined
  /** Of the nodes: `docker`, `containerd`. */
  readonly runtime?: string | undefined
  readonly registry?: ClusterRegistry | undefined
  /** Its nodes run the images of the local Docker engine: nothing has to be pushed. */
  readonly sharesDockerImages?: boolean | undefined
  /** Of Kubernetes: a kubeconfig whose current context is that of the session. */
  readonly configPath?: string | undefined
}

/** Names of the Cluster objects. */
export const clusterName = { docker: 'docker', kubernetes: 'default' } as const
export type ClusterName = (typeof clusterName)[keyof typeof clusterName]

/** A connection that updates of resources need. Made when the config needs it. */
export type Cluster = ApiObject<'Cluster', ClusterSpec, ClusterStatus>
