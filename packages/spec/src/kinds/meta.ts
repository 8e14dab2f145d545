import type { ApiTime } from '../time.js'

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
}

export interface ObjectMeta {
  readonly name: string
  readonly uid: string
  /** The store's revision at the last change of this object. */
  readonly resourceVersion: string
  /** Grows with each change of the spec. */
  readonly generation: number
  readonly creationTimestamp: ApiTime
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly ownerReferences?: readonly OwnerReference[] | undefined
}

/** Every object of the store: what is wanted (spec), what is so (status). */
export interface ApiObject<K extends string, Spec, Status> {
  readonly apiVersion: 'tilt.dev/v1alpha1'
  readonly kind: K
  readonly metadata: ObjectMeta
  readonly spec: Spec
  readonly status: Status
}

/** A reference to another object. */
export interface ObjectRef {
  readonly group: string
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
}

/** Annotations and labels with a meaning. */
export const annotation = {
  /** Which row, and which log, an object belongs to. */
  resource: 'tilt.dev/resource',
  logSpan: 'tilt.dev/log-span-id',
  managedBy: 'tilt.dev/managed-by',
} as const

/** A key of a ConfigMap that holds `true` or `false`. */
export interface DisableKey {
  readonly name: string
  readonly key: string
}

/** What switches an object off: a key, or several that must all say so. */
export interface DisableSource {
  readonly configMap?: DisableKey | undefined
  readonly everyConfigMap?: readonly DisableKey[] | undefined
}
