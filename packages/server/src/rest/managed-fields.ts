import type { FieldTree, ManagedFields } from '@tiltts/spec'
import { isObject } from './wire-object.js'

type Fields = Readonly<Record<string, unknown>>

/** Who writes: the name a client gives itself, and how it writes. */
export interface Writer {
  readonly manager: string
  readonly operation: ManagedFields['operation']
  readonly subresource?: 'status' | undefined
}

/** The fields of an object that somebody can own: not what the server gives it, or what names it. */
export function ownable(object: Fields): Fields {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object
  const { labels, annotations, finalizers } = isObject(metadata) ? metadata : {}
  const own = Object.entries({ labels, annotations, finalizers }).filter(([, value]) => value !== undefined)
  return own.length === 0 ? rest : { metadata: Object.fromEntries(own), ...rest }
}

/** All fields of a value; lists are owned as a whole. */
export function fieldsOf(value: unknown): FieldTree {
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [`f:${key}`, fieldsOf(item)]))
}

/** The fields of `after` that `before` has not, or has with another value. */
export function changedFields(before: unknown, after: unknown): FieldTree {
  if (!isObject(after)) return {}
  const old = isObject(before) ? before : {}
  return Object.fromEntries(
    Object.entries(after)
      .filter(([key, item]) => !sameValue(old[key], item))
      .map(([key, item]) => [`f:${key}`, isObject(old[key]) ? changedFields(old[key], item) : fieldsOf(item)]),
  )
}

/** The fields of one tree and the other. */
export function union(a: FieldTree, b: FieldTree): FieldTree {
  const all: Record<string, FieldTree> = { ...a }
  for (const [key, inner] of Object.entries(b)) all[key] = union(all[key] ?? {}, inner)
  return all
}

/** The fields of the first tree that the second has not. */
export function without(a: FieldTree, b: FieldTree): FieldTree {
  const kept: Record<string, FieldTree> = {}
  for (const [key, inner] of Object.entries(a)) {
    const other = b[key]
    if (other === undefined) kept[key] = inner
    else if (!isLeaf(inner)) {
      const rest = without(inner, other)
      if (!isLeaf(rest)) kept[key] = rest
    }
  }
  return kept
}

const isLeaf = (tree: FieldTree): boolean => Object.keys(tree).length === 0

/** An object without the fields of a tree; objects that this leaves empty go, too. */
export function removeFields(value: unknown, tree: FieldTree): unknown {
  if (!isObject(value)) return value
  const kept: Record<string, unknown> = { ...value }
  for (const [field, inner] of Object.entries(tree)) {
    const key = field.slice(2)
    if (isLeaf(inner)) delete kept[key]
    else if (isObject(kept[key])) {
      const rest = removeFields(kept[key], inner)
      if (isObject(rest) && Object.keys(rest).length === 0) delete kept[key]
      else kept[key] = rest
    }
  }
  return kept
}

/** A field that is to have another value than the client wants that owns it. */
export interface Clash {
  readonly path: readonly string[]
  readonly owner: ManagedFields
}

/** Where an applied object sets fields to other values than clients that own them. */
export function clashes(applied: Fields, live: Fields, others: readonly ManagedFields[]): readonly Clash[] {
  return others.flatMap((owner) =>
    [...leaves(owner.fieldsV1)]
      .filter((path) => hasPath(applied, path) && !sameValue(valueAt(applied, path), valueAt(live, path)))
      .map((path) => ({ path, owner })),
  )
}

/** The tree of some fields. */
export function treeOf(paths: readonly (readonly string[])[]): FieldTree {
  return paths.reduce<FieldTree>(
    (tree, path) =>
      union(
        tree,
        path.reduceRight<FieldTree>((inner, key) => ({ [`f:${key}`]: inner }), {}),
      ),
    {},
  )
}

function* leaves(tree: FieldTree, path: readonly string[] = []): Generator<readonly string[]> {
  for (const [field, inner] of Object.entries(tree)) {
    const here = [...path, field.slice(2)]
    if (isLeaf(inner)) yield here
    else yield* leaves(inner, here)
  }
}

const valueAt = (object: unknown, path: readonly string[]): unknown =>
  path.reduce((value: unknown, key) => (isObject(value) ? value[key] : undefined), object)
const hasPath = (object: unknown, path: readonly string[]): boolean => valueAt(object, path) !== undefined

/** Whether two JSON values are the same, whatever the order of their fields. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameValue(item, b[i]))
  if (!isObject(a) || !isObject(b)) return a === b
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => sameValue(a[key], b[key]))
}

/** The records of who owns what after a write: the writer owns what it set, and nobody else does any more. */
export function recorded(
  before: readonly ManagedFields[],
  writer: Writer,
  fields: FieldTree,
  time: string,
): readonly ManagedFields[] {
  const isWriter = (entry: ManagedFields): boolean =>
    entry.manager === writer.manager && entry.operation === writer.operation && entry.subresource === writer.subresource
  const own = before.find(isWriter)
  const all = writer.operation === 'Apply' ? fields : union(own?.fieldsV1 ?? {}, fields)
  const others = before
    .filter((entry) => !isWriter(entry))
    .map((entry) => (writer.operation === 'Apply' ? entry : { ...entry, fieldsV1: without(entry.fieldsV1, fields) }))
    .filter((entry) => !isLeaf(entry.fieldsV1))
  if (isLeaf(all)) return others
  // An equal write changes nothing, not even the time.
  const since = own !== undefined && sameValue(own.fieldsV1, all) ? own.time : time
  const entry = { apiVersion: 'tilt.dev/v1alpha1', time: since, fieldsType: 'FieldsV1' as const, fieldsV1: all }
  const { manager, operation, subresource } = writer
  return [...others, { manager, operation, ...entry, ...(subresource === undefined ? {} : { subresource }) }]
}
