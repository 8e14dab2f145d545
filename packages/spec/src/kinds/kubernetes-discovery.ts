import type { ForwardTarget, KubernetesRef, PodReadiness } from '../graph/kubernetes.js'
import type { ApiTime } from '../time.js'
import type { ApiObject, DisableSource } from './meta.js'

/** Which pods belong to a resource. Written by the config controller; what was applied stands in its KubernetesApply. */
export interface KubernetesDiscoverySpec {
  /** `selectors-only`: owners do not count. */
  readonly strategy: 'default' | 'selectors-only'
  /** Pods with all labels of one of these belong to it, too. */
  readonly extraSelectors: readonly Readonly<Record<string, string>>[]
  readonly podReadiness: PodReadiness
  /** Namespaces of its objects, '' for that of the context. */
  readonly namespaces: readonly string[]
  /** What is not deployed from here, but led to. */
  readonly target?: ForwardTarget | undefined
  /** Of one that a client made: what it looks for, in place of what is applied. */
  readonly watches?: readonly KubernetesWatchRef[] | undefined
  readonly disableSource?: DisableSource | undefined
}

/** An object, by its uid, its name or both, whose pods are meant; with neither, those of the namespace. */
export interface KubernetesWatchRef {
  readonly uid?: string | undefined
  /** '' for that of the context. */
  readonly namespace: string
  readonly name?: string | undefined
}

export interface ContainerWaiting {
  /** As the kubelet says: ContainerCreating, CrashLoopBackOff, ImagePullBackOff. */
  readonly reason: string
  readonly message?: string | undefined
}

export interface ContainerEnd {
  readonly exitCode: number
  readonly signal?: number | undefined
  readonly reason: string
  readonly message?: string | undefined
  readonly startedAt?: ApiTime | undefined
  readonly finishedAt?: ApiTime | undefined
}

export interface PodContainer {
  readonly name: string
  readonly init: boolean
  /** An init container that runs beside the others. */
  readonly sidecar: boolean
  /** `containerd://…`; '' before it was made. */
  readonly id: string
  /** As the pod's spec names it. */
  readonly image: string
  /** What the node resolved it to. */
  readonly imageId: string
  readonly ready: boolean
  /** It has a readiness probe; without one it is ready as soon as it runs. */
  readonly probed: boolean
  readonly restarts: number
  readonly ports: readonly { readonly port: number; readonly name?: string | undefined }[]
  readonly state: 'waiting' | 'running' | 'terminated'
  readonly startedAt?: ApiTime | undefined
  readonly waiting?: ContainerWaiting | undefined
  readonly terminated?: ContainerEnd | undefined
  /** How the run before this one ended. */
  readonly lastEnd?: ContainerEnd | undefined
}

export interface PodCondition {
  readonly type: string
  /** `True`, `False`, `Unknown`. */
  readonly status: string
  readonly lastTransitionTime?: ApiTime | undefined
  readonly reason?: string | undefined
  readonly message?: string | undefined
}

export interface Pod {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly createdAt: ApiTime
  readonly deleting: boolean
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  /** What `kubectl get pods` shows as STATUS. */
  readonly status: string
  readonly ready: boolean
  /** Owners, nearest first: its ReplicaSet, then the Deployment. */
  readonly owners: readonly (KubernetesRef & { readonly uid: string })[]
  readonly labels: Readonly<Record<string, string>>
  readonly node?: string | undefined
  readonly ip?: string | undefined
  readonly containers: readonly PodContainer[]
  readonly conditions?: readonly PodCondition[] | undefined
  /** Why it cannot be scheduled, or its volumes cannot be mounted; from its conditions and events. */
  readonly problem?: { readonly reason: string; readonly message: string } | undefined
}

/** How far an object is that was applied: a rollout, a job, anything with conditions. */
export interface ObjectState extends KubernetesRef {
  readonly uid: string
  /** `unknown`: it was not seen yet. `gone`: it was deleted by somebody else. */
  readonly state: 'unknown' | 'progressing' | 'ready' | 'complete' | 'failed' | 'gone'
  /** One line: `1 of 3 replicas are ready`, `deadline exceeded`. */
  readonly message?: string | undefined
}

/** Written by the discovery controller only. */
export interface KubernetesDiscoveryStatus {
  /** Whether all that has to be watched was seen since the cluster last answered. */
  readonly known: boolean
  /** Those of the objects that are applied now, newest first; ended ones stay until another is there. */
  readonly pods: readonly Pod[]
  readonly objects: readonly ObjectState[]
  /** URLs of its LoadBalancers. */
  readonly urls: readonly string[]
  /** What may not be watched or read, and why: others go on. */
  readonly forbidden: readonly string[]
  readonly startedOnce: boolean
  readonly completedOnce: boolean
}

export type KubernetesDiscovery = ApiObject<'KubernetesDiscovery', KubernetesDiscoverySpec, KubernetesDiscoveryStatus>

/** Before anything of the cluster was seen. */
export const initialDiscoveryStatus: KubernetesDiscoveryStatus = {
  known: false,
  pods: [],
  objects: [],
  urls: [],
  forbidden: [],
  startedOnce: false,
  completedOnce: false,
}
