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

/** Manifests that come from elsewhere: `helm`, `kustomize`, or a `` yaml`…` `` text. */
export interface Yaml {
  readonly [brand]: 'yaml'
}

/** Manifests with the text they were made of, where that is known. */
export interface KeptYaml extends Yaml {
  readonly text: string
}

/** Makes a {@link Yaml} of a text. */
export const keptYaml = (text: string): KeptYaml => ({ [brand]: 'yaml', text })
