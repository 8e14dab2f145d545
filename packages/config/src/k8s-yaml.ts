import { declaring } from './call/call.js'
import { track } from './collector/tracked.js'
import { type KubernetesObject, keptYaml, type Yaml } from './kubernetes-object.js'
import { declareUnsupported } from './unsupported.js'
import type { OneOrMany } from './values.js'

export type { KubernetesMetadata, KubernetesObject, Yaml } from './kubernetes-object.js'

/** Manifests: paths of files, plain objects, or what `helm`, `kustomize` and `` yaml`…` `` return. */
export type YamlSource = OneOrMany<string | KubernetesObject | Yaml>

export interface K8sYamlOptions {
  /** Let an object be declared more than once. @default false */
  readonly allowDuplicates?: boolean | undefined
  /** Changes each object before it is used; `null` leaves it out. */
  readonly transform?: ((object: KubernetesObject) => KubernetesObject | null) | undefined
}

/**
 * Deploys manifests.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 *
 * @example
 * ```ts
 * k8sYaml(['./k8s/api.yaml', ci && './k8s/ci.yaml'])
 * k8sYaml({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { mode: 'dev' } })
 * ```
 */
export function k8sYaml(source: YamlSource, options?: K8sYamlOptions): void
export function k8sYaml(source: YamlSource): void {
  declareUnsupported('k8sYaml', typeof source === 'string' ? source : '')
}

export interface YamlSelector {
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly name?: string | RegExp | undefined
  readonly namespace?: string | RegExp | undefined
  readonly kind?: string | RegExp | undefined
  readonly apiVersion?: string | RegExp | undefined
}

/**
 * Parts manifests into those that match and the rest.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 */
export function filterYaml(yaml: YamlSource, selector: YamlSelector): readonly [matching: Yaml, rest: Yaml]
export function filterYaml(): readonly [Yaml, Yaml] {
  declareUnsupported('filterYaml', '')
  return [keptYaml(''), keptYaml('')]
}

/**
 * What `k8sYaml` would apply, as objects to look at or loop over. Must be awaited.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 */
export function renderYaml(source: YamlSource): Promise<readonly KubernetesObject[]>
export function renderYaml(): Promise<readonly KubernetesObject[]> {
  const { recorder, at } = declaring('renderYaml')
  declareUnsupported('renderYaml', '')
  return track(recorder, 'renderYaml', at, Promise.resolve([]))
}
