import type { NewMeta, ObjectStore } from '@tiltts/core/store'
import type { Kind, ManagedFields, ObjectMeta } from '@tiltts/spec'
import type { Schema } from '../openapi/schema.js'
import { invalid } from './api-error.js'
import type { WireObject } from './wire-object.js'

const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } }
const text: Schema = { type: 'string' }
const flag: Schema = { type: 'boolean' }

/** What of its metadata a client may set. */
export const metadataSchema: Schema = {
  type: 'object',
  properties: {
    name: text,
    generateName: text,
    labels: texts,
    annotations: texts,
    finalizers: { type: 'array', items: text },
    ownerReferences: {
      type: 'array',
      items: {
        type: 'object',
        properties: { apiVersion: text, kind: text, name: text, uid: text, controller: flag, blockOwnerDeletion: flag },
        required: ['apiVersion', 'kind', 'name', 'uid'],
      },
    },
  },
}

/** The metadata of a body that is kept, once it was compared with its schema. What a body leaves out is gone. */
export function metaOf({ metadata }: WireObject): NewMeta {
  const { labels, annotations, ownerReferences, finalizers } = metadata as NewMeta
  return { labels, annotations, ownerReferences, finalizers }
}

/** Who owns which fields of an object. */
export function managedOf(object: WireObject | undefined): readonly ManagedFields[] {
  return (object?.metadata as Partial<ObjectMeta> | undefined)?.managedFields ?? []
}

export function finalizersOf({ finalizers }: Pick<ObjectMeta, 'finalizers'>): readonly string[] {
  return finalizers ?? []
}

/** Metadata of an object that is only tried. */
export function previewMeta(name: string, time: string): ObjectMeta {
  return { name, uid: '', resourceVersion: '0', generation: 1, creationTimestamp: time }
}

/** The name of a new object: its own, or a free one that begins with its `generateName`. Throws an ApiError 422. */
export function nameOf(store: ObjectStore, kind: Kind, body: WireObject): string {
  const { name, generateName } = body.metadata
  const wrong = (message: string): never => {
    throw invalid(kind, String(name ?? ''), [{ field: 'metadata.name', reason: 'FieldValueInvalid', message }])
  }
  if (typeof name === 'string' && name !== '') {
    const bad = name === '.' || name === '..' ? name : /[/%]/.exec(name)?.[0]
    return bad === undefined ? name : wrong(`Invalid value: ${JSON.stringify(name)}: may not contain '${bad}'`)
  }
  if (typeof generateName !== 'string' || generateName === '')
    return wrong('Required value: name or generateName is required')
  for (let n = store.list(kind).length + 1; ; n++) {
    if (store.get(kind, `${generateName}${n}`) === undefined) return `${generateName}${n}`
  }
}
