import type { Kind, ObjectOf } from '@tiltts/spec'
import type { WireObject } from '../wire-object.js'
import type { Projected, Projection } from './projection.js'

/** The objects that are read off one of the store. */
export function projectedWires(
  kind: Kind,
  projection: Projection,
  object: ObjectOf<Kind>,
  beside: readonly unknown[],
): readonly WireObject[] {
  return projection.of(object, beside).map((one) => wireOf(kind, object, one))
}

function wireOf(kind: Kind, { apiVersion, metadata }: ObjectOf<Kind>, one: Projected): WireObject {
  const { uid, resourceVersion, generation, creationTimestamp, annotations } = metadata
  return {
    apiVersion,
    kind,
    metadata: {
      name: one.name,
      uid: one.part === undefined ? uid : `${uid}-${one.part}`,
      resourceVersion,
      generation,
      creationTimestamp,
      annotations: { ...annotations, ...one.annotations },
    },
    spec: one.spec,
    status: one.status,
  }
}
