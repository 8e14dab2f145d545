import { ReadFailure } from './failures.js'

/** A schema of the server's OpenAPI document. */
export interface Schema {
  readonly description?: string
  readonly type?: string
  readonly $ref?: string
  readonly allOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly kind: string }[]
}

export interface OpenApiDocument {
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** The schema of a kind. Throws a ReadFailure when the server has none. */
export function schemaOfKind({ components }: OpenApiDocument, kind: string): Schema {
  const found = Object.values(components.schemas).find((schema) =>
    schema['x-kubernetes-group-version-kind']?.some((each) => each.kind === kind),
  )
  if (found !== undefined) return found
  throw new ReadFailure(`the server says nothing of the fields of ${kind}`)
}

/** What a schema refers to, as far as it does; lists and maps stand for what is in them. */
export function insideOf(document: OpenApiDocument, schema: Schema): Schema {
  const link = linkOf(schema)
  if (link !== undefined) return insideOf(document, document.components.schemas[shortRef(link)] ?? {})
  if (schema.items !== undefined) return insideOf(document, schema.items)
  if (typeof schema.additionalProperties === 'object') return insideOf(document, schema.additionalProperties)
  return schema
}

/** As Go writes types: `[]Target`, `map[string]string`. */
export function typeText(document: OpenApiDocument, schema: Schema): string {
  const link = linkOf(schema)
  if (link !== undefined) {
    const target = document.components.schemas[shortRef(link)] ?? {}
    return target.properties !== undefined || target.type === 'object' || target.type === undefined
      ? (shortRef(link).split('.').at(-1) ?? '')
      : typeText(document, target)
  }
  if (schema.items !== undefined) return `[]${typeText(document, schema.items)}`
  if (typeof schema.additionalProperties === 'object')
    return `map[string]${typeText(document, schema.additionalProperties)}`
  return schema.type === undefined || schema.type === 'object' ? 'Object' : schema.type
}

/** What is said of a field, then of the type that it has. */
export function descriptions(document: OpenApiDocument, schema: Schema): readonly string[] {
  const own = schema.description ?? ''
  const link = linkOf(schema)
  const next =
    link !== undefined
      ? document.components.schemas[shortRef(link)]
      : (schema.items ?? (typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined))
  const more = next === undefined ? [] : descriptions(document, next)
  return [own, ...more].filter((text) => text !== '')
}

const linkOf = ({ $ref, allOf }: Schema): string | undefined => $ref ?? allOf?.[0]?.$ref
const shortRef = (ref: string): string => ref.replace('#/components/schemas/', '')
