import { InfraError, type KubernetesManifest, type KubernetesRef } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { ApplyRequest, RemoveOptions } from '../ports/kubernetes.js'
import type { KubernetesCause } from '../ports/kubernetes-refusal.js'
import { type Fields, fieldsOf, isSame, pathText, withFields } from './fake-kubernetes-fields.js'
import { record, records, same, strings } from './fake-kubernetes-json.js'
import { builtinKinds, definedKinds, type FakeKind } from './fake-kubernetes-kinds.js'
import { immutableFields, invalidFields } from './fake-kubernetes-rules.js'

export interface FakeStoreChange {
  readonly type: 'put' | 'remove'
  readonly object: KubernetesManifest
}

export interface FakeStore {
  kind(apiVersion: string, kind: string): FakeKind | undefined
  get(ref: KubernetesRef): KubernetesManifest | undefined
  all(apiVersion?: string, kind?: string): readonly KubernetesManifest[]
  apply(request: ApplyRequest, defaultNamespace: string): KubernetesManifest
  /** As a controller does. */
  create(object: KubernetesManifest): KubernetesManifest
  /** As a controller does; nothing happens when the object is gone, or nothing has changed. */
  change(ref: KubernetesRef, fn: (object: KubernetesManifest) => KubernetesManifest): void
  remove(ref: KubernetesRef, options: RemoveOptions): 'removed' | 'absent'
  /** Now it is gone, with whatever it still waited for. */
  finish(ref: KubernetesRef): void
  listen(fn: (change: FakeStoreChange) => void): () => void
}

interface Row {
  object: KubernetesManifest
  /** Who has applied which fields. */
  readonly owners: Map<string, Fields>
}

/** Tools whose fields become the first other manager's. */
const PREDECESSORS = ['kubectl-client-side-apply', 'tilt']
const FOREGROUND = 'foregroundDeletion'

/** The objects of a cluster, and the rules by which the API server changes them. */
export function fakeStore(clock: Clock): FakeStore {
  const rows = new Map<string, Row>()
  const kinds = new Map(builtinKinds)
  const listeners = new Set<(change: FakeStoreChange) => void>()
  let version = 1000
  let serial = 0

  const kind = (apiVersion: string, name: string): FakeKind | undefined => kinds.get(`${apiVersion}/${name}`)
  const keyOf = ({ apiVersion, kind: name, namespace, ...ref }: KubernetesRef): string =>
    `${apiVersion}/${name}/${kind(apiVersion, name)?.namespaced === false ? '' : namespace}/${ref.name}`
  const tell = (change: FakeStoreChange): void => {
    for (const fn of [...listeners]) fn(change)
  }
  const now = (): string => new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')

  const write = (row: Row, object: KubernetesManifest): KubernetesManifest => {
    version += 1
    row.object = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }
    tell({ type: 'put', object: row.object })
    return row.object
  }
  const insert = (object: KubernetesManifest, owners: Row['owners'], dryRun = false): KubernetesManifest => {
    const found = kind(object.apiVersion, object.kind)
    serial += 1
    const made: KubernetesManifest = {
      ...object,
      metadata: {
        ...object.metadata,
        uid: `uid-${String(serial).padStart(4, '0')}`,
        creationTimestamp: now(),
        ...(found?.counted ? { generation: 1 } : {}),
      },
    }
    if (dryRun) return { ...made, metadata: { ...made.metadata, resourceVersion: String(version) } }
    const row: Row = { object: made, owners }
    rows.set(keyOf(refIn(object)), row)
    return write(row, made)
  }
  const replace = (row: Row, next: KubernetesManifest): KubernetesManifest => {
    const { object } = row
    if (same(object, next)) return object
    const generation = object.metadata['generation']
    // That a pod is given a node is no change of its.
    const bare = (one: KubernetesManifest): unknown => ({ ...record(one['spec']), nodeName: undefined })
    const counts = typeof generation === 'number' && !same(bare(object), bare(next))
    return write(row, counts ? { ...next, metadata: { ...next.metadata, generation: generation + 1 } } : next)
  }
  const drop = (row: Row): void => {
    const { object } = row
    rows.delete(keyOf(refIn(object)))
    version += 1
    tell({ type: 'remove', object: { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } } })
  }
  const ownedBy = (uid: unknown): Row[] =>
    [...rows.values()].filter(({ object }) =>
      records(object.metadata['ownerReferences']).some((owner) => owner['uid'] === uid),
    )
  const removeOwned = (uid: unknown): void => {
    for (const { object } of ownedBy(uid)) remove(refIn(object), {})
  }

  const apply: FakeStore['apply'] = ({ object, force, dryRun, fieldManager = 'tiltts' }, defaultNamespace) => {
    const found = kind(object.apiVersion, object.kind)
    if (found === undefined) {
      throw refusal(404, 'NotFound', `the cluster knows no kind "${object.kind}" of ${object.apiVersion}`)
    }
    const { namespace, ...metadata } = object.metadata
    const placed: KubernetesManifest = {
      ...object,
      metadata: found.namespaced ? { ...metadata, namespace: namespace || defaultNamespace } : metadata,
    }
    const ref = refIn(placed)
    mustBeThere(ref, found)
    const row = rows.get(keyOf(ref))
    const wanted = fieldsOf(placed)
    if (row === undefined) {
      reject(placed, found, invalidFields(placed))
      return insert(placed, new Map([[fieldManager, wanted]]), dryRun)
    }
    if (!PREDECESSORS.includes(fieldManager)) takeOver(row, fieldManager)
    const others = [...row.owners].filter(([manager]) => manager !== fieldManager)
    const conflicts = conflictsOf(others, wanted)
    if (conflicts.length > 0 && !force) throw conflict(conflicts)
    const mine = row.owners.get(fieldManager) ?? new Map()
    const gone = new Map(
      [...mine].filter(([field]) => !wanted.has(field) && !others.some(([, fields]) => fields.has(field))),
    )
    const next = withFields(row.object, gone, wanted)
    reject(next, found, [...invalidFields(next), ...immutableFields(row.object, next)])
    if (dryRun) return next
    row.owners.set(fieldManager, wanted)
    for (const [manager, fields] of others) {
      const left = [...fields].filter(
        ([field, { value }]) => !wanted.has(field) || isSame(wanted.get(field)?.value, value),
      )
      row.owners.set(manager, new Map(left))
    }
    return replace(row, next)
  }

  const takeOver = ({ owners }: Row, manager: string): void => {
    for (const predecessor of PREDECESSORS) {
      const fields = owners.get(predecessor)
      if (fields === undefined) continue
      owners.delete(predecessor)
      owners.set(manager, new Map([...fields, ...(owners.get(manager) ?? [])]))
    }
  }

  const mustBeThere = ({ namespace }: KubernetesRef, { namespaced, resource }: FakeKind): void => {
    if (!namespaced) return
    const found = rows.get(keyOf({ apiVersion: 'v1', kind: 'Namespace', namespace: '', name: namespace }))
    if (found === undefined) throw refusal(404, 'NotFound', `namespaces "${namespace}" not found`)
    if (found.object.metadata['deletionTimestamp'] !== undefined) {
      const message = `${resource} is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`
      throw refusal(403, 'Forbidden', message)
    }
  }

  const remove: FakeStore['remove'] = (ref, options) => {
    const row = rows.get(keyOf(ref))
    if (row === undefined || (options.uid !== undefined && row.object.metadata['uid'] !== options.uid)) return 'absent'
    const { object } = row
    const uid = object.metadata['uid']
    if (options.propagation === 'orphan') {
      for (const owned of ownedBy(uid)) {
        const left = records(owned.object.metadata['ownerReferences']).filter((owner) => owner['uid'] !== uid)
        write(owned, { ...owned.object, metadata: { ...owned.object.metadata, ownerReferences: left } })
      }
    }
    const waitsForOwned = options.propagation === 'foreground' && ownedBy(uid).length > 0
    const finalizers = [...strings(object.metadata['finalizers']), ...(waitsForOwned ? [FOREGROUND] : [])]
    if (object.kind === 'Pod' || object.kind === 'Namespace' || finalizers.length > 0) {
      if (object.metadata['deletionTimestamp'] === undefined) {
        const marks = { deletionTimestamp: now(), ...(finalizers.length > 0 ? { finalizers } : {}) }
        const status = object.kind === 'Namespace' ? { status: { phase: 'Terminating' } } : {}
        write(row, { ...object, ...status, metadata: { ...object.metadata, ...marks } })
      }
      if (waitsForOwned) removeOwned(uid)
    } else {
      finish(ref)
    }
    return 'removed'
  }

  const finish: FakeStore['finish'] = (ref) => {
    const row = rows.get(keyOf(ref))
    if (row === undefined) return
    drop(row)
    removeOwned(row.object.metadata['uid'])
    for (const owner of records(row.object.metadata['ownerReferences'])) finishWaiting(owner['uid'])
    if (row.object.kind === 'CustomResourceDefinition')
      for (const key of definedKinds(row.object).keys()) kinds.delete(key)
  }
  /** What was to go once all that it owns is gone. */
  const finishWaiting = (uid: unknown): void => {
    const owner = [...rows.values()].find(({ object }) => object.metadata['uid'] === uid)
    if (!owner || ownedBy(uid).length > 0) return
    if (strings(owner.object.metadata['finalizers']).includes(FOREGROUND)) finish(refIn(owner.object))
  }

  return {
    kind,
    get: (ref) => rows.get(keyOf(ref))?.object,
    all: (apiVersion, name) =>
      [...rows.values()]
        .map(({ object }) => object)
        .filter(
          (object) => (apiVersion ?? object.apiVersion) === object.apiVersion && (name ?? object.kind) === object.kind,
        ),
    apply,
    create: (object) => insert(object, new Map()),
    change(ref, fn) {
      const row = rows.get(keyOf(ref))
      if (row === undefined) return
      const held = strings(row.object.metadata['finalizers']).length > 0
      const next = replace(row, fn(row.object))
      const isLetGo = held && strings(next.metadata['finalizers']).length === 0
      if (isLetGo && next.metadata['deletionTimestamp'] !== undefined) finish(ref)
      if (next.kind === 'CustomResourceDefinition') for (const [key, one] of definedKinds(next)) kinds.set(key, one)
    },
    remove,
    finish,
    listen(fn) {
      listeners.add(fn)
      return () => void listeners.delete(fn)
    },
  }
}

export function refIn({ apiVersion, kind, metadata }: KubernetesManifest): KubernetesRef {
  return { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name }
}

/** An API server's no. */
export function refusal(
  status: number,
  reason: string,
  message: string,
  causes: readonly KubernetesCause[] = [],
): InfraError {
  const code =
    status === 401
      ? 'kubernetes/unauthorized'
      : status === 403 && /\bcannot \S+ resource/.test(message)
        ? 'kubernetes/forbidden'
        : 'kubernetes/refused'
  const details = { status, reason, message, causes: causes.map((cause) => ({ ...cause })) }
  return new InfraError(code, 'kubernetes', message, { retry: status >= 500, details })
}

function reject(object: KubernetesManifest, { resource }: FakeKind, causes: readonly KubernetesCause[]): void {
  if (causes.length === 0) return
  const group = object.apiVersion.includes('/') ? `.${object.apiVersion.split('/')[0]}` : ''
  const what = causes.map(({ field, message }) => `${field}: ${message}`)
  const all = what.length === 1 ? what[0] : `[${what.join(', ')}]`
  throw refusal(
    422,
    'Invalid',
    `${object.kind}${group} "${object.metadata.name}" is invalid: ${all} (${resource})`,
    causes,
  )
}

function conflictsOf(others: readonly (readonly [string, Fields])[], wanted: Fields): readonly KubernetesCause[] {
  return others.flatMap(([manager, fields]) =>
    [...fields.values()]
      .filter(({ path, value }) => {
        const mine = wanted.get(pathText(path))
        return mine !== undefined && !isSame(mine.value, value)
      })
      .map(({ path }) => ({
        reason: 'FieldManagerConflict',
        field: pathText(path),
        message: `conflict with "${manager}"`,
      })),
  )
}

function conflict(causes: readonly KubernetesCause[]): InfraError {
  const what = causes.map(({ field, message }) => `${message}: ${field}`).join(', ')
  return refusal(
    409,
    'Conflict',
    `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: ${what}`,
    causes,
  )
}
