import type { ForwardTarget, PodReadiness } from '../graph/kubernetes.js'
import type { KubernetesWatchRef, ObjectState, PodCondition } from '../kinds/kubernetes-discovery.js'
import type { ApiObject, DisableSource } from '../kinds/meta.js'
import type { ApiTime } from '../time.js'
import type { Forward } from './port-forward.js'

/** Which pods are looked for. */
export interface WireKubernetesDiscoverySpec {
  /** Pods of these objects, or, without `uid` and `name`, of the namespace: those that an extra selector means. */
  readonly watches: readonly KubernetesWatchRef[]
  /** Pods that one of these matches belong to it, too. */
  readonly extraSelectors?: readonly LabelSelector[] | undefined
  readonly portForwardTemplateSpec?: PortForwardTemplate | undefined
  readonly podLogStreamTemplateSpec?: PodLogStreamTemplate | undefined
  /** @default 'default' */
  readonly cluster: string
  /** Ours. `selectors-only`: owners do not count. */
  readonly strategy?: 'default' | 'selectors-only' | undefined
  /** Ours. */
  readonly podReadiness?: PodReadiness | undefined
  /** Ours: namespaces of its objects, '' for that of the context. */
  readonly namespaces?: readonly string[] | undefined
  /** Ours: what of the cluster is led to that is not deployed from here. */
  readonly target?: ForwardTarget | undefined
  readonly disableSource?: DisableSource | undefined
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined
}

export interface PortForwardTemplate {
  readonly forwards: readonly Forward[]
}

export interface PodLogStreamTemplate {
  readonly sinceTime?: ApiTime | undefined
  readonly onlyContainers?: readonly string[] | undefined
  readonly ignoreContainers?: readonly string[] | undefined
}

export interface WireKubernetesDiscoveryStatus {
  readonly monitorStartTime: ApiTime
  readonly waiting?: { readonly reason: string } | undefined
  readonly running?: { readonly startTime: ApiTime } | undefined
  /** Newest first. */
  readonly pods: readonly WirePod[]
  /** Ours: whether all that has to be watched was seen since the cluster last answered. */
  readonly known: boolean
  /** Ours: how far the objects are that were applied. */
  readonly objects: readonly ObjectState[]
  /** Ours: URLs of its LoadBalancers. */
  readonly urls: readonly string[]
  /** Ours: what may not be watched or read, and why. */
  readonly forbidden: readonly string[]
}

export interface WirePod {
  readonly uid: string
  readonly name: string
  readonly namespace: string
  readonly createdAt: ApiTime
  readonly phase: string
  readonly deleting: boolean
  readonly conditions?: readonly PodCondition[] | undefined
  readonly initContainers?: readonly WirePodContainer[] | undefined
  readonly containers: readonly WirePodContainer[]
  /** The object that was applied and that it comes from. */
  readonly ancestorUID?: string | undefined
  readonly podTemplateSpecHash?: string | undefined
  /** What `kubectl get pods` shows as STATUS. */
  readonly status: string
  /** What is wrong with it. */
  readonly errors: readonly string[]
  readonly owner?: PodOwner | undefined
}

export interface PodOwner {
  readonly name: string
  readonly apiVersion: string
  readonly kind: string
}

export interface WirePodContainer {
  readonly name: string
  readonly id: string
  readonly ready: boolean
  readonly image: string
  readonly restarts: number
  readonly state: WirePodContainerState
  readonly ports: readonly number[]
}

/** One of the three is set. */
export interface WirePodContainerState {
  readonly waiting?: { readonly reason: string } | undefined
  readonly running?: { readonly startedAt: ApiTime } | undefined
  readonly terminated?:
    | {
        readonly startedAt?: ApiTime | undefined
        readonly finishedAt?: ApiTime | undefined
        readonly reason: string
        readonly exitCode: number
      }
    | undefined
}

export type WireKubernetesDiscovery = ApiObject<
  'KubernetesDiscovery',
  WireKubernetesDiscoverySpec,
  WireKubernetesDiscoveryStatus
>
