import { isDeepStrictEqual } from 'node:util'
import { isObject } from './api-document.js'

type Fields = Readonly<Record<string, unknown>>

/** The JSON merge patch that makes `after` of `before`. `{}`: they are the same. */
export function mergePatchBetween(before: Fields, after: Fields): Fields {
  return withRemovals(changes(before, after), removals(before, after))
}

/**
 * The JSON merge patch by which `apply` changes an object: what is said now, and away with what was said at the last apply
 * and no longer is. What others have added stays.
 */
export function threeWayPatch(lastApplied: Fields, wanted: Fields, live: Fields): Fields {
  return withRemovals(changes(live, wanted), present(removals(lastApplied, wanted), live))
}

/** Fields that are new or other; lists are one value. */
function changes(before: Fields, after: Fields): Fields {
  const patch: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(after)) {
    const old = before[key]
    if (isObject(old) && isObject(value)) {
      const inner = changes(old, value)
      if (Object.keys(inner).length > 0) patch[key] = inner
    } else if (!isDeepStrictEqual(old, value)) patch[key] = value
  }
  return patch
}

/** `null` for each field that is gone. */
function removals(before: Fields, after: Fields): Fields {
  const patch: Record<string, unknown> = {}
  for (const [key, old] of Object.entries(before)) {
    const value = after[key]
    if (value === undefined) patch[key] = null
    else if (isObject(old) && isObject(value)) {
      const inner = removals(old, value)
      if (Object.keys(inner).length > 0) patch[key] = inner
    }
  }
  return patch
}

/** Removals of what is there. */
function present(patch: Fields, live: Fields): Fields {
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(patch)) {
    const there = live[key]
    if (value === null && there !== undefined) kept[key] = null
    if (isObject(value) && isObject(there)) {
      const inner = present(value, there)
      if (Object.keys(inner).length > 0) kept[key] = inner
    }
  }
  return kept
}

/** Two patches of which at most one says something of a field. */
function withRemovals(patch: Fields, removed: Fields): Fields {
  const both: Record<string, unknown> = { ...patch }
  for (const [key, value] of Object.entries(removed)) {
    const other = both[key]
    both[key] = isObject(other) && isObject(value) ? withRemovals(other, value) : value
  }
  return both
}
