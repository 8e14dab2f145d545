import type { ObjectStore } from '@tiltts/core/store'
import type { Kind, ObjectOf } from '@tiltts/spec'

/** Objects that are kept nowhere: they are read off those of another kind. */
export interface Projection<
  K extends Kind = Kind,
  P extends Kind = Kind,
  B extends readonly unknown[] = readonly unknown[],
> {
  readonly from: K
  /** Looks up what else they tell of. As long as it is the same, so are they. */
  beside?(object: ObjectOf<K>, store: ObjectStore): B
  /** In order; each has a name that no other object of its kind has. */
  of(object: ObjectOf<K>, beside: B): readonly Projected<P>[]
}

export interface Projected<P extends Kind = Kind> {
  readonly name: string
  /** Tells it from others of the same object. Absent: there is but one. */
  readonly part?: string | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly spec: ObjectOf<P>['spec']
  readonly status: ObjectOf<P>['status']
}

/** A projection for the table of all of them, whatever its kinds. */
export function projection<K extends Kind, P extends Kind, B extends readonly unknown[] = readonly []>(
  own: Projection<K, P, B>,
): Projection {
  return own as unknown as Projection
}
