import type { Definitions, Schema } from '../openapi/schema.js'
import type { FieldCause } from './api-error.js'
import { isObject } from './wire-object.js'

export interface Checked {
  /** The value without the fields that the schema does not know. */
  readonly value: unknown
  /** Paths of the fields that were left out. */
  readonly unknown: readonly string[]
  readonly wrong: readonly FieldCause[]
}

/** Compares a value of a client with its schema. Nothing is thrown: everything wrong is named at once. */
export function check(definitions: Definitions, schema: Schema, value: unknown, path: string): Checked {
  const unknown: string[] = []
  const wrong: FieldCause[] = []
  const add = (field: string, reason: FieldCause['reason'], message: string): void =>
    void wrong.push({ field, reason, message })

  const visit = (given: Schema, value: unknown, field: string): unknown => {
    const schema = given.$ref === undefined ? given : (definitions[given.$ref] ?? {})
    if (schema.enum !== undefined && !schema.enum.includes(value as string)) {
      const supported = schema.enum.map((word) => JSON.stringify(word)).join(', ')
      add(
        field,
        'FieldValueNotSupported',
        `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`,
      )
      return value
    }
    if (schema.type === undefined) return value
    if (!hasType(value, schema.type)) {
      add(
        field,
        'FieldValueInvalid',
        `Invalid value: ${JSON.stringify(value)?.slice(0, 200)}: must be of type ${schema.type}`,
      )
      return value
    }
    if (Array.isArray(value)) return value.map((item, index) => visit(schema.items ?? {}, item, `${field}[${index}]`))
    if (!isObject(value)) return value
    return visitFields(schema, value, field)
  }

  const visitFields = (schema: Schema, value: Readonly<Record<string, unknown>>, field: string): unknown => {
    const { properties, additionalProperties } = schema
    const kept: Record<string, unknown> = {}
    for (const [key, item] of Object.entries(value)) {
      const here = field === '' ? key : `${field}.${key}`
      const own = properties !== undefined && Object.hasOwn(properties, key) ? properties[key] : undefined
      const inner = own ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)
      // A null stands for nothing, as in Kubernetes.
      if (item === undefined || (item === null && own !== undefined)) continue
      if (inner !== undefined) kept[key] = visit(inner, item, here)
      else if (properties === undefined || additionalProperties === true) kept[key] = item
      else unknown.push(here)
    }
    for (const key of schema.required ?? [])
      if (kept[key] === undefined) add(field === '' ? key : `${field}.${key}`, 'FieldValueRequired', 'Required value')
    return kept
  }

  return { value: visit(schema, value, path), unknown, wrong }
}

function hasType(value: unknown, type: NonNullable<Schema['type']>): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return isObject(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type
}
