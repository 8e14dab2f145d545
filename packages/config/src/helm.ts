import { keptYaml, type Yaml } from './kubernetes-object.js'
import { declareUnsupported } from './unsupported.js'
import type { OneOrMany } from './values.js'

export interface HelmOptions {
  /** Name of the release. @default 'chart' */
  readonly name?: string | undefined
  /** For objects that name none. */
  readonly namespace?: string | undefined
  /** Files of values. */
  readonly values?: OneOrMany<string> | undefined
  /** `name=value`, as for `helm --set`. */
  readonly set?: OneOrMany<string> | undefined
  /** @default false */
  readonly skipCrds?: boolean | undefined
  readonly kubeVersion?: string | undefined
}

/**
 * The manifests of a chart's folder, as `helm template` makes them; for `k8sYaml`.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 */
export function helm(chart: string, options?: HelmOptions): Yaml
export function helm(chart: string): Yaml {
  declareUnsupported('helm', chart)
  return keptYaml('')
}

export interface KustomizeOptions {
  readonly flags?: readonly string[] | undefined
  /** @default 'kustomize', else 'kubectl kustomize' */
  readonly bin?: string | undefined
}

/**
 * The manifests of a kustomization; for `k8sYaml`.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 */
export function kustomize(dir: string, options?: KustomizeOptions): Yaml
export function kustomize(dir: string): Yaml {
  declareUnsupported('kustomize', dir)
  return keptYaml('')
}
