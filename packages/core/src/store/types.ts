import type { Kind, ObjectMeta, ObjectOf, SpecOf, StatusOf, UpdateCause } from '@tiltts/spec'

/** Counts the transactions of a store from 1. */
export type Revision = number

/** Who changed something, and what it follows from. Every transaction has one. */
export interface StoreCause {
  /** A controller (`cmd`, `update`), or `api`, `cli`. */
  readonly by: string
  readonly resource?: string | undefined
  /** Name of the Update this belongs to. */
  readonly update?: string | undefined
  readonly causes?: readonly UpdateCause[] | undefined
}

export interface Change<K extends Kind = Kind> {
  readonly revision: Revision
  readonly type: 'added' | 'modified' | 'deleted'
  readonly kind: K
  readonly name: string
  /** Before the batch; absent when added. */
  readonly before: ObjectOf<K> | undefined
  /** After the batch; absent when deleted. */
  readonly after: ObjectOf<K> | undefined
}

export type NewMeta = Partial<
  Pick<ObjectMeta, 'labels' | 'annotations' | 'ownerReferences' | 'finalizers' | 'deletionTimestamp' | 'managedFields'>
>

/** Writes within one transaction. An equal write changes nothing. */
export interface Tx {
  get<K extends Kind>(kind: K, name: string): ObjectOf<K> | undefined
  list<K extends Kind>(kind: K): readonly ObjectOf<K>[]
  /** Creates, or replaces the spec (and, where given, the metadata) of what is there; a status is kept. */
  put<K extends Kind>(kind: K, name: string, spec: SpecOf<K>, initialStatus: StatusOf<K>, meta?: NewMeta): ObjectOf<K>
  /** Replaces the spec. Throws a BugError when the object is not there. */
  spec<K extends Kind>(kind: K, name: string, change: (spec: SpecOf<K>) => SpecOf<K>): void
  /** Replaces the status; does nothing when the object has gone meanwhile. */
  status<K extends Kind>(kind: K, name: string, change: (status: StatusOf<K>) => StatusOf<K>): void
  meta<K extends Kind>(kind: K, name: string, change: (meta: ObjectMeta) => NewMeta): void
  delete(kind: Kind, name: string): void
}

/** All state of a session but its logs: objects by kind and name, immutable values, one revision a transaction. */
export interface ObjectStore {
  readonly revision: Revision
  get<K extends Kind>(kind: K, name: string): ObjectOf<K> | undefined
  /** In order of creation. */
  list<K extends Kind>(kind: K): readonly ObjectOf<K>[]
  /** Those whose annotation `tilt.dev/resource` is the name; by index, not by scan. */
  ofResource<K extends Kind>(kind: K, resource: string): readonly ObjectOf<K>[]
  /** Synchronous and atomic: a throw inside leaves the store as it was. No nesting. */
  update(cause: StoreCause, fn: (tx: Tx) => void): Revision
  /** Called once per microtask after transactions, with one change an object. */
  subscribe(fn: (batch: readonly Change[]) => void): () => void
  /** Changes after a revision, from a ring of the newest; `gone` when they are no longer there. Serves watch and resume. */
  changesSince(revision: Revision, kind?: Kind): readonly Change[] | 'gone'
  /** Whether `changesSince` still knows all changes after a revision. */
  remembers(revision: Revision): boolean
  readonly journal: Journal
}

export interface JournalEntry {
  readonly revision: Revision
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly cause: StoreCause
  readonly changes: readonly { readonly kind: Kind; readonly name: string; readonly type: Change['type'] }[]
}

/** What happened and why, the newest transactions and every ended update. */
export interface Journal {
  /** Oldest first. */
  entries(): readonly JournalEntry[]
  /** Ended updates, oldest first, at most 10,000. */
  updates(resource?: string): readonly ObjectOf<'Update'>[]
}

export interface StoreOptions {
  readonly now: () => number
  readonly uid: () => string
  /** Changes kept for resume. @default 20000 */
  readonly ringSize?: number
  /** Transactions kept in the journal. @default 20000 */
  readonly journalSize?: number
}
