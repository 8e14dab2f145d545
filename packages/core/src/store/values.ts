type Container = Readonly<Record<string, unknown>> | readonly unknown[]

/**
 * The value as the store keeps it: frozen, detached from the caller's, and sharing every part that equals the previous
 * value. A value equal to the previous one comes back as the previous one itself, so that `===` tells a change.
 * A property that is `undefined` counts as absent, as it does in JSON.
 */
export function keep<T>(previous: T | undefined, next: T): T {
  return keepValue(previous, next) as T
}

function keepValue(previous: unknown, next: unknown): unknown {
  if (Object.is(previous, next) || !isContainer(next)) return next
  // What nobody can change needs no copy, so moving it about (as in a list that shifts) costs one comparison.
  if (isFrozenThrough(next)) return equal(previous, next) ? previous : next
  if (Array.isArray(next)) return keepArray(previous, next)
  return keepRecord(previous, next as Readonly<Record<string, unknown>>)
}

function keepArray(previous: unknown, next: readonly unknown[]): unknown {
  const old: readonly unknown[] | undefined = Array.isArray(previous) ? previous : undefined
  const out = next.map((item, index) => keepValue(old?.[index], item))
  if (old?.length === out.length && out.every((item, index) => Object.is(item, old[index]))) return old
  return Object.freeze(out)
}

function keepRecord(previous: unknown, next: Readonly<Record<string, unknown>>): unknown {
  const old = isRecord(previous) ? previous : undefined
  let out: Record<string, unknown> | undefined
  let same = old !== undefined
  let count = 0
  for (const key of Object.keys(next)) {
    const given = next[key]
    if (given === undefined) continue
    count++
    const before = old !== undefined && Object.hasOwn(old, key) ? old[key] : undefined
    const value = keepValue(before, given)
    same &&= Object.is(value, before)
    if (value === given) continue
    out ??= { ...next }
    // Defined rather than assigned: a key called `__proto__` is data like any other.
    if (key === '__proto__') Object.defineProperty(out, key, { value })
    else out[key] = value
  }
  if (same && old !== undefined && definedKeys(old) === count) return old
  return Object.freeze(out ?? { ...next })
}

/** Whether two values hold the same plain data. */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]))
  }
  if (!isRecord(a) || !isRecord(b) || definedKeys(a) !== definedKeys(b)) return false
  return Object.keys(a).every((key) => a[key] === undefined || (Object.hasOwn(b, key) && equal(a[key], b[key])))
}

function isFrozenThrough(value: unknown): boolean {
  if (!isContainer(value)) return true
  if (!Object.isFrozen(value)) return false
  if (Array.isArray(value)) return value.every(isFrozenThrough)
  const record = value as Readonly<Record<string, unknown>>
  return Object.keys(record).every((key) => isFrozenThrough(record[key]))
}

function definedKeys(record: Readonly<Record<string, unknown>>): number {
  let count = 0
  for (const key of Object.keys(record)) if (record[key] !== undefined) count++
  return count
}

function isContainer(value: unknown): value is Container {
  return Array.isArray(value) || isRecord(value)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
