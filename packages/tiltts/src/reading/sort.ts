import { type JsonPath, JsonPathError, jsonPath, relaxedPath } from '@tiltts/core/jsonpath'
import { ReadFailure } from './failures.js'
import type { WireObject } from './objects.js'
import { understood } from './printers/json-path-printer.js'

/** Puts things in the order of what a path finds in their objects; what has nothing there comes first. Throws a ReadFailure. */
export type Sort = <T>(things: readonly T[], objectOf: (thing: T) => WireObject | undefined) => readonly T[]

/** Understands `--sort-by`. Throws a UsageError. */
export function sortBy(field: string): Sort {
  const path = understood(field, () => jsonPath(relaxedPath(field)))
  return (things, objectOf) => {
    const keyed = things.map((thing) => ({ thing, key: keyOf(path, objectOf(thing)) }))
    if (keyed.length > 0 && keyed.every(({ key }) => key === undefined))
      throw new ReadFailure(`couldn't find any field with path "${relaxedPath(field)}" in the list of objects`)
    return keyed.toSorted((a, b) => compare(a.key, b.key)).map(({ thing }) => thing)
  }
}

function keyOf(path: JsonPath, object: WireObject | undefined): unknown {
  try {
    return object === undefined ? undefined : path.find(object)[0]?.[0]
  } catch (error) {
    // A list that has no such place in this object: nothing to sort it by.
    if (error instanceof JsonPathError) return undefined
    throw error
  }
}

function compare(a: unknown, b: unknown): number {
  const missing = Number(b === undefined || b === null) - Number(a === undefined || a === null)
  if (missing !== 0) return -missing
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return natural(String(a), String(b))
}

/** Numbers within texts count as numbers: `api-9` stands before `api-10`. */
function natural(a: string, b: string): number {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x = '', y = ''] = [left[i], right[i]]
    if (x === y) continue
    const difference = i % 2 === 1 ? Number(x) - Number(y) : 0
    if (difference !== 0) return difference
    return x < y ? -1 : 1
  }
  return 0
}
