import { BugError, type Kind, type ObjectMeta, toApiTime } from '@tiltts/spec'
import { type AnyObject, type Objects, typed } from './objects.js'
import type { NewMeta, Revision, StoreOptions, Tx } from './types.js'
import { keep } from './values.js'

/** What a transaction wants of one object: the value it shall have, or `undefined`: to be gone. */
export interface Staged {
  readonly kind: Kind
  readonly name: string
  readonly before: AnyObject | undefined
  readonly after: AnyObject | undefined
}

export interface Transaction {
  readonly tx: Tx
  /** Ends the transaction: what really differs from the committed objects, in order of writing. */
  end(): readonly Staged[]
}

/** Collects writes beside the committed objects, so that giving up means forgetting them. */
export function beginTransaction(
  objects: Objects,
  revision: Revision,
  options: Pick<StoreOptions, 'now' | 'uid'>,
): Transaction {
  const staged = new Map<Kind, Map<string, AnyObject | undefined>>()
  const written: Staged[] = []
  const resourceVersion = String(revision)
  let open = true

  const read = (kind: Kind, name: string): AnyObject | undefined => {
    if (!open) throw new BugError(`a transaction was used after its end, for ${kind} ${name}`)
    const writes = staged.get(kind)
    return writes?.has(name) ? writes.get(name) : objects.get(kind, name)
  }

  const stage = (kind: Kind, name: string, object: AnyObject | undefined): void => {
    const writes = staged.get(kind) ?? new Map<string, AnyObject | undefined>()
    // Written anew at the end when it was deleted before, so that order of creation holds.
    if (writes.get(name) === undefined) writes.delete(name)
    staged.set(kind, writes.set(name, object))
  }

  const need = (kind: Kind, name: string): AnyObject => {
    const object = read(kind, name)
    if (object === undefined) throw new BugError(`${kind} ${name} does not exist`)
    return object
  }

  const create = (kind: Kind, name: string, spec: unknown, status: unknown, meta: NewMeta): AnyObject => {
    const metadata: ObjectMeta = {
      name,
      uid: options.uid(),
      resourceVersion,
      generation: 1,
      creationTimestamp: toApiTime(options.now()),
      ...meta,
    }
    return keep<AnyObject>(undefined, { apiVersion: 'tilt.dev/v1alpha1', kind, metadata, spec, status })
  }

  const change = (object: AnyObject, parts: { spec?: unknown; status?: unknown; meta?: NewMeta }): void => {
    const { kind } = object
    const { name } = object.metadata
    const committed = objects.get(kind, name)
    // Measured against the committed object, so that writing there and back again is no change.
    const base = committed?.metadata.uid === object.metadata.uid ? committed : object
    const spec = keep(base.spec, 'spec' in parts ? parts.spec : object.spec)
    const status = keep(base.status, 'status' in parts ? parts.status : object.status)
    const generation = base.metadata.generation + (spec === base.spec || base !== committed ? 0 : 1)
    const unchanged = { resourceVersion: base.metadata.resourceVersion, generation: base.metadata.generation }
    const metadata = keep(base.metadata, { ...object.metadata, ...parts.meta, ...unchanged })
    const same = spec === base.spec && status === base.status && metadata === base.metadata
    const next = { ...base, metadata: { ...metadata, resourceVersion, generation }, spec, status }
    stage(kind, name, same ? base : keep<AnyObject>(base, next))
  }

  const tx: Tx = {
    get: (kind, name) => typed(read(kind, name)),
    list<K extends Kind>(kind: K) {
      const writes = staged.get(kind)
      const out: AnyObject[] = []
      for (const object of objects.list(kind)) {
        const { name, uid } = object.metadata
        const now = writes?.has(name) ? writes.get(name) : object
        if (now !== undefined && now.metadata.uid === uid) out.push(now)
      }
      for (const [name, now] of writes ?? []) {
        if (now !== undefined && objects.get(kind, name)?.metadata.uid !== now.metadata.uid) out.push(now)
      }
      return out.flatMap((object) => typed<K>(object) ?? [])
    },
    put<K extends Kind>(kind: K, name: string, spec: unknown, initialStatus: unknown, meta: NewMeta = {}) {
      const object = read(kind, name)
      if (object === undefined) stage(kind, name, create(kind, name, spec, initialStatus, meta))
      else change(object, { spec, meta })
      const result = typed<K>(read(kind, name))
      if (result === undefined) throw new BugError(`${kind} ${name} was written and is not there`)
      return result
    },
    spec(kind, name, update) {
      const object = need(kind, name)
      change(object, { spec: update(object.spec as never) })
    },
    status(kind, name, update) {
      const object = read(kind, name)
      if (object !== undefined) change(object, { status: update(object.status as never) })
    },
    meta(kind, name, update) {
      const object = need(kind, name)
      change(object, { meta: update(object.metadata) })
    },
    delete(kind, name) {
      if (read(kind, name) !== undefined) stage(kind, name, undefined)
    },
  }

  return {
    tx,
    end() {
      open = false
      for (const [kind, writes] of staged) {
        for (const [name, after] of writes) {
          const before = objects.get(kind, name)
          if (before !== after) written.push({ kind, name, before, after })
        }
      }
      return written
    },
  }
}
