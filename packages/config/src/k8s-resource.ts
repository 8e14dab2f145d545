import { handle, type ImageHandle, type ResourceHandle } from './handle.js'
import type { KubernetesObject } from './kubernetes-object.js'
import type { PortForwardLike } from './port-forward.js'
import type { ResourceOptions } from './resource-options.js'
import { declareUnsupported } from './unsupported.js'
import type { OneOrMany } from './values.js'

export interface K8sResourceOptions extends ResourceOptions {
  /** Renames the resource. */
  readonly newName?: string | undefined
  readonly image?: ImageHandle | undefined
  readonly portForwards?: OneOrMany<PortForwardLike> | undefined
  /** Objects that join the resource: `name`, `name:kind` or `name:kind:namespace`. */
  readonly objects?: OneOrMany<string> | undefined
  /** Pods with all labels of one of these belong to the resource, too. */
  readonly extraPodSelectors?: OneOrMany<Readonly<Record<string, string>>> | undefined
  /** @default found out from what it deploys */
  readonly podReadiness?: 'wait' | 'ignore' | 'succeeded' | undefined
  /** @default 'default' */
  readonly discoveryStrategy?: 'default' | 'selectors-only' | undefined
  /** When an object without pods is ready. */
  readonly readyWhen?: ((object: KubernetesObject) => boolean) | undefined
}

/** Options of a resource that is made of objects without a workload. */
export type K8sObjectsOptions = K8sResourceOptions & { readonly newName: string; readonly objects: OneOrMany<string> }

/**
 * Says more about a workload, or makes a resource of other objects. Calls for one name add up.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 *
 * @example
 * ```ts
 * k8sResource('api', { portForwards: 8080, resourceDeps: [db], labels: 'backend' })
 * k8sResource({ newName: 'crds', objects: ['widgets.example.com:CustomResourceDefinition'] })
 * ```
 */
export function k8sResource(workload: string, options?: K8sResourceOptions): ResourceHandle
export function k8sResource(options: K8sObjectsOptions): ResourceHandle
export function k8sResource(first: string | K8sObjectsOptions, options?: K8sResourceOptions): ResourceHandle {
  const name = typeof first === 'string' ? (options?.newName ?? first) : first.newName
  declareUnsupported('k8sResource', name)
  return handle('resource', name)
}

export interface K8sForwardOptions extends ResourceOptions {
  /** `svc/grafana`, `pod/web-0`, `deployment/api` … */
  readonly target: `${'svc' | 'service' | 'pod' | 'deployment' | 'statefulset'}/${string}`
  readonly namespace?: string | undefined
  readonly portForwards: OneOrMany<PortForwardLike>
}

/**
 * A forward to something this config does not deploy, kept for the session, as a resource.
 * This version does not connect to Kubernetes: it reports the call as `config/unsupported`.
 */
export function k8sForward(name: string, options: K8sForwardOptions): ResourceHandle
export function k8sForward(name: string): ResourceHandle {
  declareUnsupported('k8sForward', name)
  return handle('resource', name)
}

/** What tells one workload from another. */
export interface WorkloadId {
  readonly name: string
  readonly kind: string
  readonly namespace: string
  readonly group: string
}

/**
 * Names the resources of workloads.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 */
export function workloadToResourceFunction(name: (id: WorkloadId) => string): void
export function workloadToResourceFunction(): void {
  declareUnsupported('workloadToResourceFunction', '')
}
