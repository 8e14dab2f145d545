import type { ManifestSource } from '@tiltts/spec'
import { brand } from './handle.js'

/** Names, labels and the rest of an object's metadata. */
export interface KubernetesMetadata {
  readonly name: string
  readonly namespace?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
  // biome-ignore lint/suspicious/noExplicitAny: what else there is depends on the kind, and must be readable without casts
  readonly [field: string]: any
}

/** A manifest as plain data. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: KubernetesMetadata
  // biome-ignore lint/suspicious/noExplicitAny: what else there is depends on the kind, and must be readable without casts
  readonly [field: string]: any
}

/** Manifests that come from elsewhere: `helm`, `kustomize`, `filterYaml`, or a `` yaml`…` `` text. */
export interface Yaml {
  readonly [brand]: 'yaml'
}

/** Manifests with where they come from: what is not in the config itself is read after the evaluation. */
export interface KeptYaml extends Yaml {
  readonly source: ManifestSource
}

/** Makes a {@link Yaml} of a source. */
export const keptYaml = (source: ManifestSource): KeptYaml => ({ [brand]: 'yaml', source })
