import { type Kind, kinds, type ObjectOf } from '@tiltts/spec'

/** An object as it stands on the wire. */
export interface WireObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name?: string; readonly resourceVersion?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/** A store object as JSON for clients; a ConfigMap's data stands at the top. */
export function toWire<K extends Kind>(object: ObjectOf<K>): WireObject {
  const { apiVersion, kind, metadata, spec, status } = object
  const head = { apiVersion, kind, metadata: { ...metadata } }
  return kinds[kind].flatSpec ? { ...head, ...(spec as object) } : { ...head, spec, status }
}

/** The spec that a client's object carries. */
export function specOfWire(kind: Kind, body: Readonly<Record<string, unknown>>): object {
  if (!kinds[kind].flatSpec) return isObject(body['spec']) ? body['spec'] : {}
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...spec } = body
  return spec
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
