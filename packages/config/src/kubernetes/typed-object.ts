import type { KubernetesObject } from '../kubernetes-object.js'
import type { KubernetesKinds } from './kinds/index.js'

/**
 * An object of one of these versions and kinds: as the kind says where it is a built-in one, else anything that has a name.
 * Each pair is a member of its own, so that the compiler finds the one that is meant and says what in it is misspelt.
 */
export type TypedObject<Version extends string, Kind extends string> = string extends Version | Kind
  ? KubernetesObject
  : { [V in Version]: { [K in Kind]: OfKind<V, K> }[Kind] }[Version]

type OfKind<Version extends string, Kind extends string> = `${Version}/${Kind}` extends Known
  ? KubernetesKinds[`${Version}/${Kind}`]
  : // of a list, every version meets every kind: there is no apps/v1 Service
    [Extract<Known, `${Version}/${string}`>] extends [never]
    ? AnyObject<Version, Kind>
    : [Extract<Known, `${string}/${Kind}`>] extends [never]
      ? AnyObject<Version, Kind>
      : never

type AnyObject<Version, Kind> = KubernetesObject & { readonly apiVersion: Version; readonly kind: Kind }

type Known = keyof KubernetesKinds
