import type { ObjectStore } from '@tiltts/core/store'
import type { Kind, ObjectMeta, ObjectOf, SpecOf, WireOf } from '@tiltts/spec'

/**
 * How clients know the objects of a kind that the engine keeps in another form.
 *
 * @typeParam B - the other objects that its form tells of
 */
export interface Shape<K extends Kind = Kind, B extends readonly unknown[] = readonly unknown[]> {
  /** Looks these up. As long as they are the same ones, so is the form. */
  beside(object: ObjectOf<K>, store: ObjectStore): B
  /** @default as it is kept */
  metadata?(object: ObjectOf<K>): ObjectMeta
  spec(object: ObjectOf<K>, beside: B): WireOf<K>['spec']
  status(object: ObjectOf<K>, beside: B): WireOf<K>['status']
  /**
   * The spec that a client means, once it was compared with the schema; absent: it is kept as it is. What the wire form
   * cannot say stays as it was before. Throws an ApiError for what does not fit together.
   */
  kept?(spec: WireOf<K>['spec'], before: ObjectOf<K> | undefined): SpecOf<K>
}

/** A shape for the table of all of them, whatever its kind. */
export function shape<K extends Kind, B extends readonly unknown[]>(own: Shape<K, B>): Shape {
  return own as unknown as Shape
}
