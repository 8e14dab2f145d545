import { goText, sortedEntries } from '../jsonpath/go-text.js'

/**
 * A value in a template. Whole numbers are bigint, others are number, as Go has them as int and float64. `undefined` is a
 * field that is not there.
 */
export type Value = unknown

/** A value made of JSON with its whole numbers as bigint, as kubectl reads them. */
export function withIntegers(value: unknown): Value {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map(withIntegers)
  if (!isMap(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withIntegers(each)]))
}

export function isMap(value: Value): value is Readonly<Record<string, Value>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What `if` takes for true: all but false, 0, and what is empty. */
export function isTrue(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (isMap(value)) return Object.keys(value).length > 0
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0 && value !== 0n
}

/** The name of a value's type, as Go's messages have it. */
export function typeName(value: Value): string {
  if (value === undefined || value === null) return '<nil>'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'number') return 'float64'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'string') return 'string'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}

/** As an action prints it. */
export function printed(value: Value): string {
  if (value === undefined || value === null) return '<no value>'
  return goText(value)
}

/** The entries that `range` goes through: key and value. `undefined`: there is nothing to go through. */
export function entriesOf(value: Value): readonly (readonly [Value, Value])[] | undefined {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.map((each, index) => [BigInt(index), each] as const)
  if (isMap(value)) return sortedEntries(value)
  if (typeof value === 'bigint')
    return Array.from({ length: Math.max(0, Number(value)) }, (_, index) => [BigInt(index), BigInt(index)] as const)
  return undefined
}
