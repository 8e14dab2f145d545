import { declareUnsupported } from './unsupported.js'
import type { OneOrMany } from './values.js'

export interface K8sKindOptions {
  readonly apiVersion?: string | undefined
  /** Where an object of this kind names images. Not together with `imageObject`. */
  readonly imageJsonPath?: OneOrMany<string> | undefined
  /** Where it names an image in two fields. */
  readonly imageObject?:
    | { readonly jsonPath: string; readonly repoField: string; readonly tagField: string }
    | undefined
  readonly podReadiness?: 'wait' | 'ignore' | 'succeeded' | undefined
}

/**
 * Makes objects of a custom kind workloads.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 */
export function k8sKind(kind: string, options?: K8sKindOptions): void
export function k8sKind(kind: string): void {
  declareUnsupported('k8sKind', kind)
}

export interface K8sImageJsonPathOptions {
  readonly kind?: string | undefined
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly apiVersion?: string | undefined
}

/**
 * Says where some objects name images. One of `kind`, `name` and `namespace` must be given.
 * This version does not deploy to Kubernetes: it reports the call as `config/unsupported`.
 */
export function k8sImageJsonPath(paths: OneOrMany<string>, options?: K8sImageJsonPathOptions): void
export function k8sImageJsonPath(): void {
  declareUnsupported('k8sImageJsonPath', '')
}
