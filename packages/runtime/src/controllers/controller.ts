import type { Change } from '@tiltts/core/store'
import { annotation, type Kind } from '@tiltts/spec'

/** Wakes a controller by changes of one kind. */
export interface Watch {
  readonly kind: Kind
  /** Which names the change concerns: told by the objects themselves or by an index, never by looking at all there are. */
  readonly names: (change: Change) => Iterable<string>
}

interface ControllerBase {
  /** For messages, and as `by` of its transactions. */
  readonly name: string
  readonly watches: readonly Watch[]
}

/**
 * Makes objects true, one at a time. Gets a name and never an event: it looks at what is there, so that events may be
 * merged, repeated or missed. Idempotent and short; long work is started, not awaited.
 */
export interface NameController extends ControllerBase {
  reconcile(name: string): void | Promise<void>
}

/** The same for all names that wait, in one go: for controllers that write one transaction for many objects. */
export interface BatchController extends ControllerBase {
  reconcileAll(names: readonly string[]): void
}

export type Controller = NameController | BatchController

/** A watch with the change typed by its kind. */
export function watch<K extends Kind>(kind: K, names: (change: Change<K>) => Iterable<string>): Watch {
  return { kind, names: names as unknown as Watch['names'] }
}

/** Wakes a controller of the same kind. */
export function own(kind: Kind): Watch {
  return watch(kind, (change) => [change.name])
}

/** Wakes a controller of the same kind when what is wanted has changed, not when what is so has. */
export function ownSpec(kind: Kind): Watch {
  return watch(kind, ({ name, before, after }) => (before?.spec === after?.spec ? [] : [name]))
}

/** The resource an object belongs to, by its annotation. */
export function resourceOf(change: Change): string | undefined {
  return (change.after ?? change.before)?.metadata.annotations?.[annotation.resource]
}

/** Wakes the resource that a changed object belongs to. */
export function byResource(kind: Kind): Watch {
  return watch(kind, (change) => {
    const name = resourceOf(change)
    return name === undefined ? [] : [name]
  })
}
