import type { KubernetesRef } from '../graph/kubernetes.js'
import type { ApiTime } from '../time.js'
import type { ApiObject, DisableSource } from './meta.js'

/** The objects that a resource deploys. Its spec is written by the config controller only. */
export interface KubernetesApplySpec {
  /** In the order in which they are applied; namespaces as the manifests name them, '' for that of the context. */
  readonly objects: readonly KubernetesRef[]
  /** Hash of the manifests before images are put in. */
  readonly manifestHash: string
  /** Milliseconds that one object may take. */
  readonly timeoutMs: number
  readonly disableSource?: DisableSource | undefined
}

/** An object as it was applied. `uid` and `generation` tell whether it is still the same, untouched one. */
export interface AppliedObject extends KubernetesRef {
  readonly uid: string
  /** Absent where the kind counts none. */
  readonly generation?: number | undefined
  /** As it was when it was applied. Tells of changes where no generations are counted. */
  readonly resourceVersion?: string | undefined
  /** Hash of the object that was sent. */
  readonly hash: string
  /** Labels of the pods that it makes: values of `tilt.dev/pod-template-hash`. */
  readonly podTemplateHashes: readonly string[]
}

/** Written by the updates of the resource only. */
export interface KubernetesApplyStatus {
  /** What the newest apply that succeeded has put there; a failed one leaves it as it was. */
  readonly applied: readonly AppliedObject[]
  readonly lastApplyTime?: ApiTime | undefined
  /** Of the newest apply; absent: it succeeded, or there was none. */
  readonly error?: string | undefined
  /** Whether an apply succeeded in this session, or everything was found to be there. */
  readonly appliedOnce: boolean
}

export type KubernetesApply = ApiObject<'KubernetesApply', KubernetesApplySpec, KubernetesApplyStatus>
