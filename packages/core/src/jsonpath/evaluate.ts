import { compare } from './compare.js'
import { sortedEntries } from './go-text.js'
import { type Expression, type Filter, JsonPathError, type Part, type Slice, type Step } from './nodes.js'

export interface FindOptions {
  /** Whether a field that is not there leads nowhere, or is an error. */
  readonly allowMissing: boolean
}

/** What each part of a template finds in a value, in order. Throws a JsonPathError. */
export function findParts(
  parts: readonly Part[],
  value: unknown,
  options: FindOptions,
): readonly (readonly unknown[])[] {
  return parts.flatMap((part) => {
    if (part.type === 'find') return [follow(part.expression, [value], options)]
    return follow(part.over, [value], options).flatMap((each) => findParts(part.body, each, options))
  })
}

function follow(expression: Expression, values: readonly unknown[], options: FindOptions): readonly unknown[] {
  return expression.reduce<readonly unknown[]>((found, step) => take(step, found, options), values)
}

function take(step: Step, values: readonly unknown[], options: FindOptions): readonly unknown[] {
  switch (step.type) {
    case 'field':
      return fields(step.name, values, options)
    case 'slice':
      return values.flatMap((value) => (value === null ? [] : sliced(value, step.slice)))
    case 'union':
      return step.branches.flatMap((branch) => follow(branch, values, options))
    case 'filter':
      return values.flatMap((value) => filtered(value, step.filter, options))
    case 'wildcard':
      return values.flatMap(children)
    case 'descent':
      return values.flatMap(withDescendants)
    case 'literal':
      return typeof step.value === 'string' ? [step.value] : values.map(() => step.value)
    case 'unknown':
      throw new JsonPathError(`unrecognized identifier ${step.word}`)
  }
}

function fields(name: string, values: readonly unknown[], { allowMissing }: FindOptions): readonly unknown[] {
  const found = values.flatMap((value) => (isRecord(value) && Object.hasOwn(value, name) ? [value[name]] : []))
  if (found.length === 0 && values.length > 0 && !allowMissing) throw new JsonPathError(`${name} is not found`)
  return found
}

function sliced(value: unknown, { from = 0, to, step = 1, single }: Slice): readonly unknown[] {
  if (!Array.isArray(value)) throw new JsonPathError(`${typeName(value)} is not array or slice`)
  const { length } = value
  const start = from < 0 ? from + length : from
  const end = single ? start + 1 : to === undefined ? length : to < 0 ? to + length : to
  if (end === start) return []
  const outside = (index: number): JsonPathError =>
    new JsonPathError(`array index out of bounds: index ${index}, length ${length}`)
  if (start >= length || start < 0) throw outside(start)
  if (end > length || end < 0) throw outside(end - 1)
  if (start > end) throw new JsonPathError(`starting index ${start} is greater than ending index ${end}`)
  if (step <= 0) throw new JsonPathError('step must be > 0')
  return value.slice(start, end).filter((_, index) => index % step === 0)
}

function filtered(value: unknown, { left, operator, right }: Filter, options: FindOptions): readonly unknown[] {
  if (!Array.isArray(value)) throw new JsonPathError(`${typeName(value)} is not array or slice and cannot be filtered`)
  return value.filter((item) => {
    const lefts = follow(left, [item], options)
    if (operator === undefined) return lefts.length > 0
    const rights = follow(right, [item], options)
    if (lefts.length === 0 || rights.length === 0) return false
    if (lefts.length > 1 || rights.length > 1) throw new JsonPathError('can only compare one element at a time')
    return compare(lefts[0], operator, rights[0])
  })
}

/** Of an object in the order of its keys, so that the same object gives the same text each time. */
function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return isRecord(value) ? sortedEntries(value).map(([, each]) => each) : []
}

/** All values within that have something in them, the value itself first; a text counts, too. */
function withDescendants(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  const inner = children(value)
  return inner.length === 0 ? [] : [value, ...inner.flatMap(withDescendants)]
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function typeName(value: unknown): string {
  return value === null ? 'null' : isRecord(value) ? 'an object' : `a ${typeof value}`
}
