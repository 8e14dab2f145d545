import type { ApiTime } from '../time.js'

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  /** Of several owners, the one that the object follows. */
  readonly controller?: boolean | undefined
  readonly blockOwnerDeletion?: boolean | undefined
}

/** Which fields of an object one client has set, so that another's apply tells when both set the same. */
export interface ManagedFields {
  /** Name of the client: `kubectl-client-side-apply`. */
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly time: ApiTime
  readonly fieldsType: 'FieldsV1'
  /** A tree of `f:<field>`. */
  readonly fieldsV1: FieldTree
  readonly subresource?: 'status' | undefined
}

/** Fields by name, `{}` for one that is owned as a whole. */
export interface FieldTree {
  readonly [field: string]: FieldTree
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
  /** Who must let go of the object before it is gone for good. */
  readonly finalizers?: readonly string[] | undefined
  /** Since when it is to go, while finalizers hold it. */
  readonly deletionTimestamp?: ApiTime | undefined
  /** Of objects that clients write. */
  readonly managedFields?: readonly ManagedFields[] | undefined
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
  /** What a button of every resource does; see {@link buttonType}. */
  buttonType: 'tilt.dev/uibutton-type',
  /** Identity of a button's spec. */
  buttonSpecHash: 'uibuttonspec-hash',
} as const

/** Values of the annotation `tilt.dev/uibutton-type`. */
export const buttonType = { disable: 'DisableToggle', stopBuild: 'StopBuild' } as const

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
