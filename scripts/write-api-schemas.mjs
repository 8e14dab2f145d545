// Writes the schemas of the API's kinds, made from their types and docstrings; with --check, compares them with the file.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGenerator } from 'ts-json-schema-generator'
import { tsImport } from 'tsx/esm/api'
import { root } from './pnpm.mjs'

const out = join(root, 'packages/server/src/openapi/definitions.json')
const generator = createGenerator({
  path: join(root, 'packages/spec/src/index.ts'),
  tsconfig: join(root, 'packages/spec/tsconfig.json'),
  expose: 'all',
  skipTypeCheck: true,
})
const source = {
  ...generator.createSchema('ObjectByKind').definitions,
  ...generator.createSchema('WireForms').definitions,
}

const wanted = new Map()
const definitions = {}
const nameOf = (ref) => decodeURIComponent(ref.replace('#/definitions/', ''))

/** A reference becomes the definition's plain name; types that have no name of their own are written out in place. */
function convert(schema) {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref)
    const target = source[name]
    const plain = /^[A-Za-z0-9]+$/.test(name) && (target.properties !== undefined || target.anyOf !== undefined)
    if (!plain || enumOf(target) !== undefined) return { ...convert(target), ...description(schema) }
    // Clients know a form of the wire by the name of its kind.
    const plainName = name.replace(/^Wire(?=[A-Z])/, '')
    const known = wanted.get(plainName)
    if (known !== undefined && known !== name) throw new Error(`${known} and ${name} are both called ${plainName}`)
    if (known === undefined) {
      wanted.set(plainName, name)
      definitions[plainName] = {}
      definitions[plainName] = convert(target)
    }
    return { $ref: plainName, ...description(schema) }
  }
  const values = enumOf(schema)
  if (values !== undefined) return { ...description(schema), type: typeof values[0], enum: values }
  if (schema.anyOf !== undefined) return { ...description(schema), ...merged(schema.anyOf.map(resolved)) }
  if (Array.isArray(schema.type)) return description(schema)
  if (schema.type === 'array') return { ...description(schema), type: 'array', items: convert(schema.items ?? {}) }
  if (schema.type !== 'object') return { ...description(schema), ...(schema.type && { type: schema.type }) }
  const properties = Object.entries(schema.properties ?? {})
    .filter(([, field]) => field.not === undefined)
    .map(([key, field]) => [key, convert(field)])
  return {
    ...description(schema),
    type: 'object',
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    ...(schema.required && { required: schema.required }),
    ...(typeof schema.additionalProperties === 'object' &&
      schema.additionalProperties.not === undefined && { additionalProperties: convert(schema.additionalProperties) }),
  }
}

const description = ({ description }) => (description === undefined ? {} : { description })
const resolved = (schema) => (schema.$ref === undefined ? schema : resolved(source[nameOf(schema.$ref)]))

function enumOf(schema) {
  if (schema.const !== undefined) return [schema.const]
  if (schema.enum !== undefined) return schema.enum
  const parts = schema.anyOf?.map((part) => enumOf(resolved(part)))
  const flat = parts?.every((part) => part !== undefined) ? [...new Set(parts.flat())] : undefined
  return flat?.every((value) => typeof value === typeof flat[0]) ? flat : undefined
}

/** One of several objects, as a structural schema can say it: all their fields, of which those of all are required. */
function merged(parts) {
  if (!parts.every((part) => part.type === 'object' || part.anyOf !== undefined)) {
    const types = new Set(parts.map((part) => part.type))
    return types.size === 1 && typeof parts[0].type === 'string' ? convert(parts[0]) : {}
  }
  const flat = parts.flatMap((part) => part.anyOf?.map(resolved) ?? [part])
  const properties = {}
  for (const part of flat)
    for (const [key, field] of Object.entries(part.properties ?? {}))
      if (field.not === undefined)
        properties[key] = properties[key] === undefined ? convert(field) : both(properties[key], convert(field))
  const required = Object.keys(properties).filter((key) =>
    flat.every((part) => part.required?.includes(key) && part.properties?.[key]?.not === undefined),
  )
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

function both(a, b) {
  if (JSON.stringify(a) === JSON.stringify(b)) return a
  if (a.enum && b.enum && a.type === b.type) return { ...a, enum: [...new Set([...a.enum, ...b.enum])] }
  return a.type === b.type && a.$ref === b.$ref && a.enum === undefined && b.enum === undefined
    ? { ...a }
    : description(a)
}

const { kinds: registry } = await tsImport('../packages/spec/src/kinds/registry.ts', import.meta.url)
const kinds = Object.fromEntries(
  Object.keys(registry)
    .filter((kind) => !registry[kind].internal)
    .map((kind) => {
      const object = source[`Wire${kind}`] ?? source[kind]
      const { spec, status } = resolved(object).properties
      return [kind, { ...description(source[kind]), spec: convert(spec), status: convert(status) }]
    }),
)
const sorted = Object.fromEntries(Object.entries(definitions).toSorted(([a], [b]) => (a < b ? -1 : 1)))
const text = `${JSON.stringify({ kinds, definitions: sorted }, null, 1)}\n`
if (!process.argv.includes('--check')) writeFileSync(out, text)
else if (readFileSync(out, 'utf8') !== text) {
  console.error('The schemas of the API are not those of its types. Run: node scripts/write-api-schemas.mjs')
  process.exitCode = 1
}
