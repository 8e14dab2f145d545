import type { ObjectStore } from '@tiltts/core/store'
import type { Kind, ObjectOf } from '@tiltts/spec'
import type { WireObject } from './wire-object.js'

/** What clients read of an object of the store. */
export type Wires = (object: ObjectOf<Kind>, store: ObjectStore) => readonly WireObject[]

const nothing: readonly unknown[] = []

/**
 * Objects of the store never change, so each is put into its form for clients once, however many read it: as long as what
 * stands beside it is the same, too.
 */
export function knownWires(
  beside: ((object: ObjectOf<Kind>, store: ObjectStore) => readonly unknown[]) | undefined,
  make: (object: ObjectOf<Kind>, beside: readonly unknown[]) => readonly WireObject[],
): Wires {
  const known = new WeakMap<object, { readonly beside: readonly unknown[]; readonly wires: readonly WireObject[] }>()
  return (object, store) => {
    const now = beside?.(object, store) ?? nothing
    const found = known.get(object)
    if (found !== undefined && areSame(found.beside, now)) return found.wires
    const wires = make(object, now)
    known.set(object, { beside: now, wires })
    return wires
  }
}

const areSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index])
