import type { Place } from '../place.js'
import type { NamedRef } from './resource.js'

/** An object of the API that the config declares by itself, beside its resources. */
export interface ObjectNode {
  /** Of the registry of kinds. */
  readonly kind: string
  readonly name: string
  /** As clients write it: what it leaves out is as its kind says. */
  readonly spec: Readonly<Record<string, unknown>>
  /** The resource that it belongs to; absent: what its annotations say, else the config itself. */
  readonly resource?: NamedRef | undefined
  readonly annotations: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  readonly place: Place | undefined
}
