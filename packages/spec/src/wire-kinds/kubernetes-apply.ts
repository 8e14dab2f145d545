import type { KubernetesRef } from '../graph/kubernetes.js'
import type { RestartOnSpec } from '../kinds/cmd.js'
import type { AppliedObject, KubernetesApplyCmd } from '../kinds/kubernetes-apply.js'
import type { ApiObject, DisableSource } from '../kinds/meta.js'
import type { ApiTime } from '../time.js'
import type { DisableStatus } from './disable-status.js'
import type { LabelSelector, PodLogStreamTemplate, PortForwardTemplate } from './kubernetes-discovery.js'

/** What is deployed: either manifests, or what a command deploys. */
export interface WireKubernetesApplySpec {
  /** The manifests, before images are put in. Values of Secrets are left out of what the config deploys. */
  readonly yaml?: string | undefined
  readonly applyCmd?: KubernetesApplyCmd | undefined
  readonly deleteCmd?: KubernetesApplyCmd | undefined
  /** Names of ImageMaps whose images are put into the manifests. */
  readonly imageMaps?: readonly string[] | undefined
  /** Where images are named beside containers. */
  readonly imageLocators?: readonly KubernetesImageLocator[] | undefined
  /** What one object may take. @default '30s' */
  readonly timeout?: string | undefined
  readonly kubernetesDiscoveryTemplateSpec?: KubernetesDiscoveryTemplate | undefined
  readonly portForwardTemplateSpec?: PortForwardTemplate | undefined
  readonly podLogStreamTemplateSpec?: PodLogStreamTemplate | undefined
  /** @default 'default' */
  readonly discoveryStrategy?: 'default' | 'selectors-only' | undefined
  readonly restartOn?: RestartOnSpec | undefined
  /** @default 'default' */
  readonly cluster: string
  /** Every apply is one. */
  readonly serverSideApply?: boolean | undefined
  readonly disableSource?: DisableSource | undefined
  /** Ours: the objects of the manifests, in the order in which they are applied. */
  readonly objects?: readonly KubernetesRef[] | undefined
}

export interface KubernetesImageLocator {
  readonly objectSelector: ObjectSelector
  readonly path: string
  readonly object?: { readonly repoField: string; readonly tagField: string } | undefined
}

/** Regular expressions. */
export interface ObjectSelector {
  readonly apiVersionRegexp?: string | undefined
  readonly kindRegexp?: string | undefined
  readonly nameRegexp?: string | undefined
  readonly namespaceRegexp?: string | undefined
}

export interface KubernetesDiscoveryTemplate {
  readonly extraSelectors?: readonly LabelSelector[] | undefined
}

export interface WireKubernetesApplyStatus {
  /** What was applied: the names and uids of its objects. */
  readonly resultYAML?: string | undefined
  /** Of the newest apply. */
  readonly error?: string | undefined
  readonly lastApplyStartTime?: ApiTime | undefined
  readonly lastApplyTime?: ApiTime | undefined
  /** Hash of what was applied. */
  readonly appliedInputHash?: string | undefined
  readonly conditions?: readonly ApplyCondition[] | undefined
  readonly disableStatus?: DisableStatus | undefined
  /** Ours: what the newest apply that succeeded has put there. */
  readonly applied: readonly AppliedObject[]
}

export interface ApplyCondition {
  /** `JobComplete`: all Jobs of it have ended well. */
  readonly type: string
  readonly status: 'True' | 'False'
  readonly lastTransitionTime: ApiTime
  readonly reason: string
  readonly message: string
}

/** What is deployed to the cluster. */
export type WireKubernetesApply = ApiObject<'KubernetesApply', WireKubernetesApplySpec, WireKubernetesApplyStatus>
