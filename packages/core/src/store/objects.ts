import { type ApiObject, annotation, type Kind, type ObjectOf } from '@tiltts/spec'

/** An object of any kind, as the machinery of the store sees it. */
export type AnyObject = ApiObject<Kind, unknown, unknown>

/** The one place where the kind of an object is trusted to be what its table says. */
export function typed<K extends Kind>(object: AnyObject | undefined): ObjectOf<K> | undefined {
  return object as unknown as ObjectOf<K> | undefined
}

interface Row {
  readonly object: AnyObject
  /** Grows with each creation. */
  readonly order: number
}

interface Table {
  /** In order of creation. */
  readonly rows: Map<string, Row>
  readonly byResource: Map<string, Map<string, Row>>
  list: readonly AnyObject[] | undefined
}

/** The committed objects, by kind and name, with their index. A write costs the same however many there are. */
export interface Objects {
  get(kind: Kind, name: string): AnyObject | undefined
  list(kind: Kind): readonly AnyObject[]
  ofResource(kind: Kind, resource: string): readonly AnyObject[]
  /** An object with another uid than the one before is a new one and goes to the end. */
  set(object: AnyObject): void
  delete(kind: Kind, name: string): void
}

export function createObjects(): Objects {
  const tables = new Map<Kind, Table>()
  let created = 0

  const tableOf = (kind: Kind): Table => {
    let table = tables.get(kind)
    if (table === undefined) {
      table = { rows: new Map(), byResource: new Map(), list: undefined }
      tables.set(kind, table)
    }
    return table
  }

  return {
    get: (kind, name) => tables.get(kind)?.rows.get(name)?.object,
    list(kind) {
      const table = tableOf(kind)
      table.list ??= Object.freeze(Array.from(table.rows.values(), (row) => row.object))
      return table.list
    },
    ofResource(kind, resource) {
      const bucket = tables.get(kind)?.byResource.get(resource)
      if (bucket === undefined) return []
      // An object that was annotated later than it was created stands last in its bucket.
      return [...bucket.values()].sort((a, b) => a.order - b.order).map((row) => row.object)
    },
    set(object) {
      const table = tableOf(object.kind)
      const { name, uid } = object.metadata
      const old = table.rows.get(name)
      const same = old !== undefined && old.object.metadata.uid === uid
      const row = { object, order: same ? old.order : created++ }
      if (old !== undefined) {
        if (!same) table.rows.delete(name)
        if (!same || resourceOf(old.object) !== resourceOf(object)) removeFromIndex(table, old.object)
      }
      table.rows.set(name, row)
      addToIndex(table, row)
      table.list = undefined
    },
    delete(kind, name) {
      const table = tableOf(kind)
      const old = table.rows.get(name)
      if (old === undefined) return
      table.rows.delete(name)
      removeFromIndex(table, old.object)
      table.list = undefined
    },
  }
}

function resourceOf(object: AnyObject): string | undefined {
  return object.metadata.annotations?.[annotation.resource]
}

function addToIndex(table: Table, row: Row): void {
  const resource = resourceOf(row.object)
  if (resource === undefined) return
  const bucket = table.byResource.get(resource) ?? new Map<string, Row>()
  bucket.set(row.object.metadata.name, row)
  table.byResource.set(resource, bucket)
}

function removeFromIndex(table: Table, object: AnyObject): void {
  const resource = resourceOf(object)
  if (resource === undefined) return
  const bucket = table.byResource.get(resource)
  bucket?.delete(object.metadata.name)
  if (bucket?.size === 0) table.byResource.delete(resource)
}
