import { isObject } from './wire-object.js'

/**
 * Kubernetes' strategic merge: as a JSON merge patch, with directives. `$patch: delete` removes an object, `replace` takes
 * it whole; `$deleteFromPrimitiveList/<field>` takes values out of a list; `$retainKeys` names the only fields that stay.
 * Lists of this API are replaced: none of its kinds merges them by a key.
 */
export function strategicPatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const { $patch: directive, $retainKeys: retain, ...fields } = patch
  if (directive === 'delete') return undefined
  const base = directive === 'replace' || !isObject(target) ? {} : target
  const kept = Array.isArray(retain)
    ? Object.entries(base).filter(([key]) => retain.includes(key))
    : Object.entries(base)
  const result: Record<string, unknown> = Object.fromEntries(kept)
  for (const [key, value] of Object.entries(fields)) {
    const list = /^\$deleteFromPrimitiveList\/(.+)$/.exec(key)?.[1]
    if (list !== undefined) {
      const before = result[list]
      if (Array.isArray(before) && Array.isArray(value)) result[list] = before.filter((item) => !value.includes(item))
    } else if (!key.startsWith('$setElementOrder/')) {
      const next = value === null ? undefined : strategicPatch(result[key], value)
      if (next === undefined) delete result[key]
      else result[key] = next
    }
  }
  return result
}
