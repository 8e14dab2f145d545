import type { KubernetesRef, PortForwardSpec } from '../graph/kubernetes.js'
import type { ApiTime } from '../time.js'
import type { ApiObject, DisableSource } from './meta.js'
import { invalidFault, type SpecFault } from './spec-fault.js'

/** The objects that a resource deploys, as the config says, or what a client deploys. */
export interface KubernetesApplySpec {
  /** In the order in which they are applied; namespaces as the manifests name them, '' for that of the context. */
  readonly objects: readonly KubernetesRef[]
  /** Hash of the manifests before images are put in. */
  readonly manifestHash: string
  /** Milliseconds that one object may take. */
  readonly timeoutMs: number
  readonly disableSource?: DisableSource | undefined
  /** Of one that a client made: what to deploy, in place of `objects`. */
  readonly own?: OwnApply | undefined
}

/** What a client deploys: either manifests, or what a command deploys. */
export interface OwnApply {
  readonly yaml?: string | undefined
  readonly applyCmd?: KubernetesApplyCmd | undefined
  /** Removes what `applyCmd` has deployed. */
  readonly deleteCmd?: KubernetesApplyCmd | undefined
  /** Another event of one of these applies it anew. */
  readonly restartOn?: { readonly fileWatches?: readonly string[] | undefined } | undefined
  /** Pods that one of these matches belong to it, too. */
  readonly extraSelectors: readonly Readonly<Record<string, string>>[]
  readonly strategy: 'default' | 'selectors-only'
  /** Ports that lead to its pods. */
  readonly forwards: readonly (PortForwardSpec & { readonly host: string })[]
}

/** A command that prints what it has deployed, as `kubectl apply -o yaml` does. */
export interface KubernetesApplyCmd {
  readonly args: readonly string[]
  /** Absolute. */
  readonly dir?: string | undefined
  /** `NAME=value` */
  readonly env?: readonly string[] | undefined
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

/** Written by the updates of the resource, or, for that of a client, by its controller. */
export interface KubernetesApplyStatus {
  /** What the newest apply that succeeded has put there; a failed one leaves it as it was. */
  readonly applied: readonly AppliedObject[]
  readonly lastApplyTime?: ApiTime | undefined
  readonly lastApplyStartTime?: ApiTime | undefined
  /** Of that of a client: hash of what the newest apply was begun with. */
  readonly inputHash?: string | undefined
  /** Of the newest apply; absent: it succeeded, or there was none. */
  readonly error?: string | undefined
  /** Whether an apply succeeded in this session, or everything was found to be there. */
  readonly appliedOnce: boolean
}

export type KubernetesApply = ApiObject<'KubernetesApply', KubernetesApplySpec, KubernetesApplyStatus>

/** All that is wrong with what a client or the config asks to be deployed. */
export function kubernetesApplyFaults({
  yaml,
  applyCmd,
  timeout = '30s',
}: Pick<OwnApply, 'yaml' | 'applyCmd'> & { readonly timeout?: string | undefined }): readonly SpecFault[] {
  const isDuration = /^(\d+(\.\d+)?(ms|s|m|h))+$/.test(timeout)
  return [
    ...((yaml === undefined) === (applyCmd === undefined)
      ? [invalidFault('yaml', yaml ?? '', 'exactly one of yaml and applyCmd must be given')]
      : []),
    ...(isDuration ? [] : [invalidFault('timeout', timeout, 'must be a duration, such as 30s')]),
  ]
}
