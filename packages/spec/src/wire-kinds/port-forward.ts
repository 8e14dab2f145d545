import type { ForwardTarget } from '../graph/kubernetes.js'
import type { ApiObject, DisableSource } from '../kinds/meta.js'
import type { ApiTime } from '../time.js'

/** Ports here that lead to a pod. */
export interface WirePortForwardSpec {
  /** The pod; of a resource, the one that connections go to now. */
  readonly podName: string
  /** Absent: that of the context. */
  readonly namespace?: string | undefined
  readonly forwards: readonly Forward[]
  /** @default 'default' */
  readonly cluster: string
  /** Ours: the resource whose pods are meant, one after the other. Written by the config only. */
  readonly discovery?: string | undefined
  /** Ours: what of the cluster is led to that is not deployed from here. Written by the config only. */
  readonly target?: ForwardTarget | undefined
  readonly disableSource?: DisableSource | undefined
}

export interface Forward {
  /** 0: a free one. @default 0 */
  readonly localPort?: number | undefined
  readonly containerPort: number
  /** Address to listen on. @default 'localhost' */
  readonly host?: string | undefined
  /** Of its link. */
  readonly name?: string | undefined
  /** Of its link. */
  readonly path?: string | undefined
}

export interface ForwardStatus {
  /** What is listened on. */
  readonly localPort: number
  readonly containerPort: number
  /** Listened on. */
  readonly addresses: readonly string[]
  readonly startedAt?: ApiTime | undefined
  readonly error?: string | undefined
  /** Ours: where the next connection goes. */
  readonly pod?: string | undefined
  /** Ours: how many connections there are. */
  readonly connections: number
}

export interface WirePortForwardStatus {
  readonly forwardStatuses: readonly ForwardStatus[]
}

export type WirePortForward = ApiObject<'PortForward', WirePortForwardSpec, WirePortForwardStatus>
