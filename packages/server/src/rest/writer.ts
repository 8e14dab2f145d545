import type { ObjectStore } from '@tiltts/core/store'
import { type FieldTree, type Kind, type ManagedFields, type StatusOf, toApiTime } from '@tiltts/spec'
import type { ApiSchemas } from '../openapi/schema.js'
import { ApiError, conflict, type FieldCause, invalid, notFound } from './api-error.js'
import {
  type Clash,
  changedFields,
  clashes,
  fieldsOf,
  ownable,
  recorded,
  removeFields,
  treeOf,
  type Writer,
  without,
} from './managed-fields.js'
import { mergePatch } from './merge-patch.js'
import { finalizersOf, managedOf, metadataSchema, metaOf, nameOf, previewMeta } from './metadata.js'
import { type ServedKind, wireOf } from './served-kinds.js'
import { check } from './validate.js'
import { isObject, specOfWire, type WireObject } from './wire-object.js'

export interface WriteOptions {
  readonly manager: string
  /** Nothing is stored; the answer is what would be. */
  readonly dryRun: boolean
  /** What becomes of fields that the kind has not: refused, named in a warning, or left out. */
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore'
  /** Of server-side apply: takes over what other clients own. */
  readonly force: boolean
}

export interface Written {
  readonly object: WireObject
  readonly created: boolean
  /** For the client's user. */
  readonly warnings: readonly string[]
}

type Part = 'spec' | 'status'

/**
 * Writes of clients to objects of one kind. Each is done at once, so that nothing comes between reading and writing, and
 * throws an ApiError that says all that is wrong with it.
 */
export interface ObjectWriter {
  create(body: WireObject): Written
  /** Changes what is there: to a replacement, or by a patch. */
  change(name: string, part: Part, next: (before: WireObject) => WireObject): Written
  apply(name: string, body: WireObject): Written
}

export function objectWriter(
  store: ObjectStore,
  served: ServedKind,
  schemas: ApiSchemas,
  now: () => number,
  options: WriteOptions,
): ObjectWriter {
  const { kind, plural } = served
  const time = toApiTime(now())
  const as = (operation: Writer['operation'], part: Part): Writer => ({
    manager: options.manager,
    operation,
    ...(part === 'status' ? { subresource: part } : {}),
  })

  /** The object with unknown fields left out. */
  const checked = (body: WireObject, part: Part, name: string): [WireObject, readonly string[]] => {
    const schema = schemas.kinds[kind]?.[part] ?? {}
    const flat = served.flatSpec && part === 'spec'
    const said = flat ? specOfWire(kind, body) : (body[part] ?? {})
    const given = part === 'spec' && isObject(said) ? { ...served.defaults, ...said } : said
    const { value, unknown, wrong: wrongTypes } = check(schemas.definitions, schema, given, flat ? '' : part)
    const wrong = [...wrongTypes]
    const metaWrong = check({}, metadataSchema, body.metadata, 'metadata').wrong
    // What is said of whole specs takes their types for granted.
    if (part === 'spec' && wrong.length === 0) wrong.push(...faultsOf(served, value))
    if (wrong.length > 0 || metaWrong.length > 0) throw invalid(kind, name, [...metaWrong, ...wrong])
    const warnings = unknown.map((field) => `unknown field "${field}"`)
    if (warnings.length > 0 && options.fieldValidation === 'Strict')
      throw new ApiError(400, 'BadRequest', `strict decoding error: ${warnings.join(', ')}`)
    const { apiVersion, kind: wireKind, metadata } = body
    const known = flat ? { apiVersion, kind: wireKind, metadata, ...(value as object) } : { ...body, [part]: value }
    return [known, options.fieldValidation === 'Warn' ? warnings : []]
  }

  const owned = (before: WireObject | undefined, after: WireObject, writer: Writer): readonly ManagedFields[] =>
    recorded(managedOf(before), writer, changedFields(before && ownable(before), ownable(after)), time)

  const put = (body: WireObject, name: string, managedFields: readonly ManagedFields[]): WireObject => {
    const spec = served.keptSpec(body, store.get(kind, name))
    const meta = { ...metaOf(body), managedFields }
    if (options.dryRun) {
      const before = store.get(kind, name)
      const preview = {
        apiVersion: 'tilt.dev/v1alpha1',
        kind,
        metadata: { ...previewMeta(name, time), ...before?.metadata, ...meta },
      }
      const status = before?.status ?? served.initialStatus?.(time)
      return wireOf(served, { ...preview, spec, status } as never, store)
    }
    const initial = served.initialStatus?.(time) as StatusOf<Kind>
    store.update({ by: 'api' }, (tx) => {
      tx.put(kind, name, spec, initial, meta)
      const { metadata } = tx.get(kind, name) ?? {}
      if (metadata?.deletionTimestamp !== undefined && finalizersOf(metadata).length === 0) tx.delete(kind, name)
    })
    const stored = store.get(kind, name)
    return stored === undefined ? body : wireOf(served, stored, store)
  }

  const mayCreate = (): void => {
    if (served.initialStatus === undefined)
      throw new ApiError(405, 'MethodNotAllowed', `${plural} cannot be created by clients`)
  }

  return {
    create(body) {
      mayCreate()
      const name = nameOf(store, kind, body)
      const [known, warnings] = checked(body, 'spec', name)
      if (store.get(kind, name))
        throw new ApiError(409, 'AlreadyExists', `${plural}.tilt.dev "${name}" already exists`, { name, kind: plural })
      const object = put(known, name, owned(undefined, known, as('Update', 'spec')))
      return { object, created: true, warnings }
    },

    change(name, part, next) {
      if (part === 'spec' ? !served.writable : !served.statusWritable)
        throw new ApiError(
          405,
          'MethodNotAllowed',
          `${part === 'spec' ? plural : `${plural}/status`} are written by the engine only`,
        )
      const before = store.get(kind, name)
      if (before === undefined) throw notFound(plural, name)
      const wireBefore = wireOf(served, before, store)
      const after = next(wireBefore)
      const expected = after.metadata.resourceVersion
      if (expected !== before.metadata.resourceVersion) throw conflict(plural, name)
      const [known, warnings] = checked(after, part, name)
      if (part === 'status') {
        const status = known['status'] as StatusOf<Kind>
        if (options.dryRun) return { object: { ...wireBefore, status }, created: false, warnings }
        store.update({ by: 'api' }, (tx) => tx.status(kind, name, () => status))
        const stored = store.get(kind, name)
        return { object: stored === undefined ? known : wireOf(served, stored, store), created: false, warnings }
      }
      const object = put(known, name, owned(wireBefore, known, as('Update', part)))
      return { object, created: false, warnings }
    },

    apply(name, body) {
      const before = store.get(kind, name)
      if (before === undefined) mayCreate()
      else if (!served.writable) throw new ApiError(405, 'MethodNotAllowed', `${plural} are written by the engine only`)
      const live = before && wireOf(served, before, store)
      const writer = as('Apply', 'spec')
      const managed = managedOf(live)
      const isOwn = (entry: ManagedFields): boolean => entry.manager === writer.manager && entry.operation === 'Apply'
      const others = managed.filter((entry) => !isOwn(entry) && entry.subresource === undefined)
      const wanted = ownable(body)
      const fields = fieldsOf(wanted)
      const found = live === undefined ? [] : clashes(wanted, ownable(live), others)
      if (found.length > 0 && !options.force) throw clash(served, name, found)
      const taken = treeOf(found.map(({ path }) => path))
      const rest = managed.map((entry) => (isOwn(entry) ? entry : withoutFields(entry, taken)))
      const dropped = others.reduce(
        (tree, { fieldsV1 }) => without(tree, fieldsV1),
        without(managed.find(isOwn)?.fieldsV1 ?? {}, fields),
      )
      const base = live === undefined ? body : (removeFields(live, dropped) as WireObject)
      const merged = mergePatch(base, body) as WireObject
      const [whole, warnings] = checked(merged, 'spec', name)
      const object = put(whole, name, recorded(rest, writer, fields, time))
      return { object, created: before === undefined, warnings }
    },
  }
}

const faultReason = {
  required: 'FieldValueRequired',
  invalid: 'FieldValueInvalid',
  duplicate: 'FieldValueDuplicate',
} as const

function faultsOf({ faults, flatSpec }: ServedKind, spec: unknown): readonly FieldCause[] {
  const found = faults?.(spec as never) ?? []
  return found.map(({ field, reason, message }) => ({
    field: flatSpec ? field : `spec.${field}`,
    reason: faultReason[reason],
    message,
  }))
}

function withoutFields(entry: ManagedFields, fields: FieldTree): ManagedFields {
  return { ...entry, fieldsV1: without(entry.fieldsV1, fields) }
}

function clash({ plural }: ServedKind, name: string, found: readonly Clash[]): ApiError {
  const causes = found.map(({ path, owner }) => ({
    reason: 'FieldManagerConflict' as const,
    field: `.${path.join('.')}`,
    message: `conflict with "${owner.manager}"${owner.operation === 'Update' ? ` using ${owner.apiVersion}` : ''}`,
  }))
  const list = causes.map(({ message, field }) => `${message}: ${field}`).join('\n- ')
  const head = `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: `
  return new ApiError(409, 'Conflict', head + list, { name, kind: plural, causes })
}
