import type { ObjectStore } from '@tiltts/core/store'
import { type Kind, type KindInfo, kinds, type ObjectOf, type SpecOf } from '@tiltts/spec'
import { ApiError } from './api-error.js'
import { knownWires, type Wires } from './known-wires.js'
import { projectedWires } from './projections/projected-wires.js'
import { projections } from './projections/projections.js'
import type { Shape } from './shapes/shape.js'
import { shapes } from './shapes/shapes.js'
import { specOfWire, toWire, type WireObject } from './wire-object.js'

/** Where the objects are served, as in Kubernetes. */
export const groupPath = '/apis/tilt.dev/v1alpha1'

/** A kind as it stands on the wire. */
export interface ServedKind extends KindInfo {
  readonly singular: string
  /** The kind of the store whose objects it shows, and whose changes are its own. */
  readonly from: Kind
  /** What clients read of an object of the store: one object of this kind, or any number where those are made of others. */
  readonly wires: Wires
  /** The spec that a client's body means. */
  keptSpec(body: WireObject, before: ObjectOf<Kind> | undefined): SpecOf<Kind>
}

/** Every kind that clients see, in the order of discovery. A new kind needs no code here. */
export const servedKinds: readonly ServedKind[] = Object.values(kinds)
  .filter((info) => !info.internal)
  .map(served)

const byPlural: ReadonlyMap<string, ServedKind> = new Map(servedKinds.map((one) => [one.plural, one]))

/** The kind of a URL. Throws an ApiError 404. */
export function servedKind(plural: string): ServedKind {
  const found = byPlural.get(plural)
  if (found === undefined) throw new ApiError(404, 'NotFound', 'the server could not find the requested resource')
  return found
}

/** What clients may do with objects of a kind, as discovery names it. */
export function verbsOf({ writable, initialStatus }: KindInfo): readonly string[] {
  const create = initialStatus === undefined ? [] : ['create', 'delete', 'deletecollection']
  return [...create, 'get', 'list', ...(writable ? ['patch', 'update'] : []), 'watch'].toSorted()
}

/** Whether the store holds the objects of a kind; those of others are read off what it holds. */
export function isKept({ kind, from }: ServedKind): boolean {
  return kind === from
}

/** All objects of a kind, in order of creation. */
export function wireList({ from, wires }: ServedKind, store: ObjectStore): readonly WireObject[] {
  return store.list(from).flatMap((object) => wires(object, store))
}

/** The object of a name. */
export function wireNamed(kind: ServedKind, store: ObjectStore, name: string): WireObject | undefined {
  if (!isKept(kind)) return wireList(kind, store).find(({ metadata }) => metadata.name === name)
  const object = store.get(kind.kind, name)
  return object && wireOf(kind, object, store)
}

/** An object of a kind that is kept as such. */
export function wireOf({ wires, kind }: ServedKind, object: ObjectOf<Kind>, store: ObjectStore): WireObject {
  const [wire] = wires(object, store)
  if (wire === undefined) throw new Error(`no form of ${kind} ${object.metadata.name}`)
  return wire
}

function served(info: KindInfo): ServedKind {
  const singular = info.kind.toLowerCase()
  const projection = projections[info.kind]
  if (projection !== undefined) {
    const never = (): never => {
      throw new ApiError(405, 'MethodNotAllowed', `${info.plural} are written by the engine only`)
    }
    const wires = knownWires(projection.beside, (object, beside) =>
      projectedWires(info.kind, projection, object, beside),
    )
    return { ...info, singular, from: projection.from, wires, keptSpec: never }
  }
  const shape = shapes[info.kind]
  return {
    ...info,
    singular,
    from: info.kind,
    wires:
      shape === undefined
        ? knownWires(undefined, (object) => [toWire(object)])
        : knownWires(shape.beside, (object, beside) => [shapedWire(shape, object, beside)]),
    keptSpec(body, before) {
      const spec = specOfWire(info.kind, body)
      return shape?.kept === undefined ? (spec as SpecOf<Kind>) : shape.kept(spec as never, before)
    },
  }
}

function shapedWire(shape: Shape, object: ObjectOf<Kind>, beside: readonly unknown[]): WireObject {
  const { apiVersion, kind, metadata } = object
  const [spec, status] = [shape.spec(object, beside), shape.status(object, beside)]
  return { apiVersion, kind, metadata: { ...(shape.metadata?.(object) ?? metadata) }, spec, status }
}
