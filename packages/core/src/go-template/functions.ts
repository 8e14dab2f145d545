import { goText } from '../jsonpath/go-text.js'
import { equalsAny, isLess } from './compare.js'
import { GoTemplateError } from './nodes.js'
import { sprintf } from './printf.js'
import { isMap, isTrue, typeName, type Value } from './values.js'

interface Function {
  /** How many arguments it takes at least and at most. */
  readonly takes: readonly [number, number]
  readonly call: (...args: readonly Value[]) => Value
}

const any = Number.POSITIVE_INFINITY
const fn = (least: number, most: number, call: Function['call']): Function => ({ takes: [least, most], call })

/** All but `and` and `or`, which do not evaluate what is no longer needed. */
export const functions: Readonly<Record<string, Function>> = {
  not: fn(1, 1, (value) => !isTrue(value)),
  eq: fn(1, any, (first, ...others) => equalsAny(first, others)),
  ne: fn(2, 2, (a, b) => !equalsAny(a, [b])),
  lt: fn(2, 2, isLess),
  le: fn(2, 2, (a, b) => isLess(a, b) || equalsAny(a, [b])),
  gt: fn(2, 2, (a, b) => !isLess(a, b) && !equalsAny(a, [b])),
  ge: fn(2, 2, (a, b) => !isLess(a, b)),
  len: fn(1, 1, length),
  index: fn(1, any, (value, ...keys) => keys.reduce(indexed, value)),
  slice: fn(1, 4, sliced),
  print: fn(0, any, (...values) => spaced(values, (a, b) => typeof a !== 'string' && typeof b !== 'string')),
  println: fn(0, any, (...values) => `${spaced(values, () => true)}\n`),
  printf: fn(1, any, (format, ...values) => sprintf(textOf(format), values)),
  html: fn(0, any, (...values) => joined(values).replace(/[&<>"'\0]/g, (each) => entities[each] ?? each)),
  urlquery: fn(0, any, (...values) =>
    encodeURIComponent(joined(values))
      .replaceAll('%20', '+')
      .replace(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`),
  ),
  exists: fn(1, any, (value, ...keys) => has(value, keys)),
  base64decode: fn(1, 1, (text) => decoded(textOf(text))),
}

export const functionNames: ReadonlySet<string> = new Set([...Object.keys(functions), 'and', 'or'])

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\0': '\uFFFD',
}

function spaced(values: readonly Value[], isApart: (a: Value, b: Value) => boolean): string {
  return values.reduce<string>(
    (text, value, index) => text + (index > 0 && isApart(values[index - 1], value) ? ' ' : '') + goText(value),
    '',
  )
}

const joined = (values: readonly Value[]): string =>
  spaced(values, (a, b) => typeof a !== 'string' && typeof b !== 'string')

function textOf(value: Value): string {
  if (typeof value === 'string') return value
  throw new GoTemplateError(`wrong type for value; expected string; got ${typeName(value)}`)
}

function length(value: Value): bigint {
  if (typeof value === 'string') return BigInt(new TextEncoder().encode(value).length)
  if (Array.isArray(value)) return BigInt(value.length)
  if (isMap(value)) return BigInt(Object.keys(value).length)
  throw new GoTemplateError(value == null ? 'len of nil pointer' : `len of type ${typeName(value)}`)
}

function indexed(value: Value, key: Value): Value {
  if (value === undefined || value === null) throw new GoTemplateError('index of untyped nil')
  if (isMap(value)) {
    if (typeof key !== 'string')
      throw new GoTemplateError(
        key == null ? 'value is nil; should be of type string' : `value has type ${typeName(key)}; should be string`,
      )
    return Object.hasOwn(value, key) ? value[key] : undefined
  }
  if (!Array.isArray(value) && typeof value !== 'string')
    throw new GoTemplateError(`can't index item of type ${typeName(value)}`)
  const at = position(key, value.length - 1)
  return typeof value === 'string' ? BigInt(value.charCodeAt(at)) : value[at]
}

function position(key: Value, last: number): number {
  if (typeof key !== 'bigint')
    throw new GoTemplateError(
      key == null ? 'cannot index slice/array with nil' : `cannot index slice/array with type ${typeName(key)}`,
    )
  if (key < 0n || key > BigInt(last)) throw new GoTemplateError(`index out of range: ${key}`)
  return Number(key)
}

function sliced(value: Value, ...bounds: readonly Value[]): Value {
  if (value === undefined || value === null) throw new GoTemplateError('slice of untyped nil')
  if (!Array.isArray(value) && typeof value !== 'string')
    throw new GoTemplateError(`can't slice item of type ${typeName(value)}`)
  if (typeof value === 'string' && bounds.length > 2) throw new GoTemplateError('cannot 3-index slice a string')
  const [from = 0, to = value.length] = bounds.map((bound) => position(bound, value.length))
  if (from > to) throw new GoTemplateError(`invalid slice index: ${from} > ${to}`)
  return value.slice(from, to)
}

/** Of kubectl's own: whether a way leads anywhere. */
function has(value: Value, keys: readonly Value[]): boolean {
  const [key, ...more] = keys
  if (key === undefined) return value !== undefined && value !== null
  if (isMap(value) && typeof key === 'string') return Object.hasOwn(value, key) && has(value[key], more)
  if (!Array.isArray(value) || typeof key !== 'bigint') return false
  return key >= 0n && key < BigInt(value.length) && has(value[Number(key)], more)
}

function decoded(text: string): string {
  if (!/^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/.test(text))
    throw new GoTemplateError('base64 decode failed: illegal base64 data')
  return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)))
}
