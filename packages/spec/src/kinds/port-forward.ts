import type { ForwardTarget, PortForwardSpec } from '../graph/kubernetes.js'
import type { ApiTime } from '../time.js'
import type { ApiObject, DisableSource } from './meta.js'

/** Ports here that lead to the pods of a resource, or to one pod that a client names. */
export interface PortForwardsSpec {
  readonly forwards: readonly (PortForwardSpec & { readonly host: string })[]
  /** The resource whose pods are meant: a KubernetesDiscovery of that name. */
  readonly discovery?: string | undefined
  /** In place of `discovery`. */
  readonly pod?: { readonly name: string; readonly namespace: string } | undefined
  /** Of `k8sForward`. */
  readonly target?: ForwardTarget | undefined
  readonly disableSource?: DisableSource | undefined
}

export interface ForwardState {
  /** As it was asked for; `localPort` is what is listened on, once it is. */
  readonly localPort: number
  readonly containerPort: number
  readonly host: string
  readonly listeningSince?: ApiTime | undefined
  /** Where the next connection goes; absent: there is no pod to go to, and connections wait. */
  readonly pod?: string | undefined
  readonly connections: number
  /** The port is taken (and by whom), or the last connection could not be made. */
  readonly error?: string | undefined
}

/** Written by the forward controller only. */
export interface PortForwardsStatus {
  readonly forwards: readonly ForwardState[]
}

export type PortForward = ApiObject<'PortForward', PortForwardsSpec, PortForwardsStatus>
