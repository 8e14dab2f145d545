import { GoTemplateError } from './nodes.js'
import { typeName, type Value } from './values.js'

const basic: ReadonlySet<string> = new Set(['bool', 'float64', 'int', 'string'])

/** Whether the first is one of the others. Throws a GoTemplateError for values of different types. */
export function equalsAny(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new GoTemplateError('missing argument for comparison')
  return others.some((other) => isEqual(first, other))
}

function isEqual(a: Value, b: Value): boolean {
  const [one, two] = [typeName(a), typeName(b)]
  if (one === '<nil>' || two === '<nil>') return one === two
  if (!basic.has(one) && !basic.has(two))
    throw new GoTemplateError(`non-comparable type ${one === two ? one : `${one}, ${two}`}`)
  if (one !== two) throw new GoTemplateError('incompatible types for comparison')
  return a === b
}

/** Whether the first comes before the second. Throws a GoTemplateError. */
export function isLess(a: Value, b: Value): boolean {
  const [one, two] = [typeName(a), typeName(b)]
  if (!basic.has(one) || !basic.has(two)) throw new GoTemplateError('invalid type for comparison')
  if (one !== two) throw new GoTemplateError('incompatible types for comparison')
  if (one === 'bool') throw new GoTemplateError('invalid type for comparison')
  return (a as string) < (b as string)
}
