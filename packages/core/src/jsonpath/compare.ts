import { JsonPathError } from './nodes.js'

type Scalar = string | number | boolean

/** Whether a comparison of a filter holds. Throws a JsonPathError for what cannot be compared. */
export function compare(left: unknown, operator: string, right: unknown): boolean {
  const [a, b] = [scalar(left), scalar(right)]
  if (typeof a !== typeof b) throw new JsonPathError('incompatible types for comparison')
  switch (operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return ordered(a) < ordered(b)
    case '<=':
      return ordered(a) <= ordered(b)
    case '>':
      return ordered(a) > ordered(b)
    case '>=':
      return ordered(a) >= ordered(b)
    default:
      throw new JsonPathError(`unrecognized filter operator ${operator}`)
  }
}

function scalar(value: unknown): Scalar {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw new JsonPathError('invalid type for comparison')
}

function ordered(value: Scalar): string | number {
  if (typeof value === 'boolean') throw new JsonPathError('invalid type for comparison')
  return value
}
