import { groupPath, type ServedKind, servedKinds, verbsOf } from '../rest/served-kinds.js'
import type { ApiSchemas, Schema } from './schema.js'

/** Where a version of OpenAPI keeps its schemas. */
type Place = '#/components/schemas/' | '#/definitions/'

const prefix = 'dev.tilt.v1alpha1.'
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.'

/** Schemas of all kinds, their lists and what Kubernetes adds to each, by their full names. */
export function schemasOf({ kinds, definitions }: ApiSchemas, place: Place): Record<string, object> {
  const all: Record<string, object> = { ...metaSchemas(place) }
  for (const [name, schema] of Object.entries(definitions))
    all[prefix + name] = linked(withoutRequired(schema, defaulted.get(name)), place)
  for (const served of servedKinds) {
    const { kind } = served
    const schema = kinds[kind]
    const gvk = (name: string): object => ({
      'x-kubernetes-group-version-kind': [{ group: 'tilt.dev', version: 'v1alpha1', kind: name }],
    })
    const spec = linked(schema?.spec ?? {}, place)
    const own = served.flatSpec
      ? ((spec as { properties?: object }).properties ?? {})
      : { spec, status: linked(schema?.status ?? {}, place) }
    all[prefix + kind] = {
      ...(schema?.description === undefined ? {} : { description: schema.description }),
      type: 'object',
      properties: { ...head, metadata: { $ref: `${place}${meta}ObjectMeta` }, ...own },
      ...gvk(kind),
    }
    all[`${prefix}${kind}List`] = {
      type: 'object',
      required: ['items'],
      properties: {
        ...head,
        metadata: { $ref: `${place}${meta}ListMeta` },
        items: { type: 'array', items: { $ref: place + prefix + kind } },
      },
      ...gvk(`${kind}List`),
    }
  }
  return all
}

const head = {
  apiVersion: { type: 'string', description: 'Version of the form of this object.' },
  kind: { type: 'string', description: 'What this object is.' },
}

/** Fields that a client may leave out, by the name of the spec that has them. */
const defaulted: ReadonlyMap<string, readonly string[]> = new Map(
  servedKinds.map(({ kind, defaults }) => [`${kind}Spec`, Object.keys(defaults ?? {})]),
)

function withoutRequired(schema: Schema, fields: readonly string[] = []): Schema {
  const { required, ...rest } = schema
  const left = required?.filter((field) => !fields.includes(field)) ?? []
  return left.length === 0 ? rest : { ...rest, required: left }
}

function linked(schema: Schema, place: Place): object {
  const { $ref, properties, items, additionalProperties, ...rest } = schema
  if ($ref !== undefined) {
    const link = { $ref: place + prefix + $ref }
    // A reference may have no neighbours in OpenAPI 3.0.
    return rest.description === undefined ? link : { description: rest.description, allOf: [link] }
  }
  const fields = Object.entries(properties ?? {}).map(([key, field]) => [key, linked(field, place)])
  return {
    ...rest,
    ...(properties && { properties: Object.fromEntries(fields) }),
    ...(items && { items: linked(items, place) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'object' ? linked(additionalProperties, place) : additionalProperties,
    }),
  }
}

function metaSchemas(_place: Place): Record<string, object> {
  const text = (description: string): object => ({ type: 'string', description })
  const time = (description: string): object => ({ type: 'string', format: 'date-time', description })
  const texts = (description: string): object => ({
    type: 'object',
    additionalProperties: { type: 'string' },
    description,
  })
  return {
    [`${meta}ObjectMeta`]: {
      description: 'What every object has.',
      type: 'object',
      properties: {
        name: text('Unique within its kind.'),
        generateName: text('A new object without a name gets one that begins so.'),
        uid: text('Tells this object from others that had its name before.'),
        resourceVersion: text('The revision of the session at the last change of this object.'),
        generation: { type: 'integer', format: 'int64', description: 'Grows with each change of the spec.' },
        creationTimestamp: time('When it was created.'),
        deletionTimestamp: time('Since when it is to go, while finalizers hold it.'),
        labels: texts('What it can be selected by.'),
        annotations: texts('What is said of it.'),
        finalizers: { type: 'array', items: { type: 'string' }, description: 'Who must let go of it first.' },
        ownerReferences: {
          type: 'array',
          description: 'What it was made for.',
          items: {
            type: 'object',
            required: ['apiVersion', 'kind', 'name', 'uid'],
            properties: { apiVersion: text(''), kind: text(''), name: text(''), uid: text('') },
          },
        },
        managedFields: { type: 'array', items: { type: 'object' }, description: 'Which client has set which fields.' },
      },
    },
    [`${meta}ListMeta`]: {
      description: 'What every list has.',
      type: 'object',
      properties: {
        resourceVersion: text('The revision of the session that the list shows.'),
        continue: text('Brings the next part of the list.'),
        remainingItemCount: { type: 'integer', format: 'int64', description: 'How many are not in this part.' },
      },
    },
    [`${meta}Patch`]: { description: 'A change of an object.', type: 'object' },
    [`${meta}Status`]: {
      description: 'How a request went.',
      type: 'object',
      properties: { status: text(''), message: text(''), reason: text(''), code: { type: 'integer', format: 'int32' } },
      'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Status' }],
    },
    [`${meta}DeleteOptions`]: { description: 'How an object is removed.', type: 'object' },
  }
}

interface Operation {
  readonly method: 'get' | 'put' | 'post' | 'patch' | 'delete'
  readonly verb: string
  readonly action: string
}

const onList: readonly Operation[] = [
  { method: 'get', verb: 'list', action: 'list' },
  { method: 'post', verb: 'create', action: 'post' },
  { method: 'delete', verb: 'deletecollection', action: 'deletecollection' },
]
const onObject: readonly Operation[] = [
  { method: 'get', verb: 'get', action: 'get' },
  { method: 'put', verb: 'update', action: 'put' },
  { method: 'patch', verb: 'patch', action: 'patch' },
  { method: 'delete', verb: 'delete', action: 'delete' },
]

/** The paths of all kinds with what may be done there. */
export function pathsOf(form: 'v2' | 'v3'): Record<string, object> {
  const paths: Record<string, object> = {}
  for (const served of servedKinds) {
    const verbs = verbsOf(served)
    const operations = (all: readonly Operation[]): object =>
      Object.fromEntries(
        all.filter(({ verb }) => verbs.includes(verb)).map((each) => [each.method, operationOf(served, each, form)]),
      )
    paths[`${groupPath}/${served.plural}`] = operations(onList)
    paths[`${groupPath}/${served.plural}/{name}`] = {
      ...operations(onObject),
      parameters: [parameter('name', 'path', form)],
    }
  }
  return paths
}

/** Clients look for `fieldValidation` here before they leave checking to the server. */
const writeParameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force']

function parameter(name: string, where: 'path' | 'query', form: 'v2' | 'v3'): object {
  const type = name === 'force' ? 'boolean' : 'string'
  return {
    name,
    in: where,
    ...(where === 'path' ? { required: true } : {}),
    ...(form === 'v2' ? { type, uniqueItems: true } : { schema: { type, uniqueItems: true } }),
  }
}

function operationOf({ kind }: ServedKind, { method, verb, action }: Operation, form: 'v2' | 'v3'): object {
  const place: Place = form === 'v2' ? '#/definitions/' : '#/components/schemas/'
  const link = { $ref: `${place}${prefix}${kind}${verb === 'list' ? 'List' : ''}` }
  const sends = method === 'post' || method === 'put' || method === 'patch'
  const body = method === 'patch' ? { $ref: `${place}${meta}Patch` } : link
  const types = method === 'patch' ? patchTypes : ['application/json', 'application/yaml']
  const query = sends ? writeParameters.map((name) => parameter(name, 'query', form)) : []
  const answer = form === 'v2' ? { schema: link } : { content: { 'application/json': { schema: link } } }
  const sent =
    form === 'v2'
      ? { consumes: types, parameters: [{ name: 'body', in: 'body', required: true, schema: body }, ...query] }
      : {
          parameters: query,
          requestBody: { content: Object.fromEntries(types.map((type) => [type, { schema: body }])) },
        }
  return {
    operationId: `${verb}TiltDevV1alpha1${kind}`,
    ...(sends ? sent : {}),
    ...(form === 'v2' ? { produces: ['application/json', 'application/yaml'] } : {}),
    responses: { '200': { description: 'OK', ...answer } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group: 'tilt.dev', version: 'v1alpha1', kind },
  }
}

const patchTypes: readonly string[] = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]
