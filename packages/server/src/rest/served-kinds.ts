import { type Kind, type KindInfo, kinds, type ObjectOf } from '@tiltts/spec'
import { ApiError } from './api-error.js'
import { shapes } from './shapes/shapes.js'
import { toWire, type WireObject } from './wire-object.js'

/** Where the objects are served, as in Kubernetes. */
export const groupPath = '/apis/tilt.dev/v1alpha1'

/** A kind as it stands on the wire. */
export interface ServedKind extends KindInfo {
  readonly singular: string
  /** What clients read of an object of the store. */
  toWire(object: ObjectOf<Kind>): WireObject
}

/** Every kind that clients see, in the order of discovery. A new kind needs no code here. */
export const servedKinds: readonly ServedKind[] = Object.values(kinds)
  .filter((info) => !info.internal)
  .map((info) => ({ ...info, singular: info.kind.toLowerCase(), toWire: remembered(shapes[info.kind] ?? toWire) }))

const byPlural: ReadonlyMap<string, ServedKind> = new Map(servedKinds.map((served) => [served.plural, served]))

/** The kind of a URL. Throws an ApiError 404. */
export function servedKind(plural: string): ServedKind {
  const served = byPlural.get(plural)
  if (served === undefined) throw new ApiError(404, 'NotFound', 'the server could not find the requested resource')
  return served
}

/** What clients may do with objects of a kind, as discovery names it. */
export function verbsOf({ writable, initialStatus }: KindInfo): readonly string[] {
  const create = initialStatus === undefined ? [] : ['create', 'delete', 'deletecollection']
  return [...create, 'get', 'list', ...(writable ? ['patch', 'update'] : []), 'watch'].toSorted()
}

/** Objects of the store never change, so each is put into its form for clients once, however many read it. */
function remembered(shape: (object: ObjectOf<Kind>) => WireObject): (object: ObjectOf<Kind>) => WireObject {
  const known = new WeakMap<object, WireObject>()
  return (object) => {
    const found = known.get(object)
    if (found !== undefined) return found
    const wire = shape(object)
    known.set(object, wire)
    return wire
  }
}
