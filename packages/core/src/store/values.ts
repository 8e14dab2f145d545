/** Containers that are frozen all the way down, because they were made here. */
const owned = new WeakSet<object>()

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
  // What the store made before needs no copy, so moving it about (as in a list that shifts) costs one comparison.
  if (owned.has(next)) return equal(previous, next) ? previous : next
  return Array.isArray(next)
    ? keepArray(previous, next)
    : keepRecord(previous, next as Readonly<Record<string, unknown>>)
}

function keepArray(previous: unknown, next: readonly unknown[]): unknown {
  const old: readonly unknown[] | undefined = Array.isArray(previous) ? previous : undefined
  const out = next.map((item, index) => keepValue(old?.[index], item))
  if (old?.length === out.length && out.every((item, index) => Object.is(item, old[index]))) return old
  return own(out)
}

function keepRecord(previous: unknown, next: Readonly<Record<string, unknown>>): unknown {
  const old = isRecord(previous) ? previous : undefined
  const out: Record<string, unknown> = {}
  let changed = old === undefined
  let count = 0
  for (const key of Object.keys(next)) {
    if (next[key] === undefined) continue
    count++
    const before = old !== undefined && Object.hasOwn(old, key) ? old[key] : undefined
    const value = keepValue(before, next[key])
    changed ||= !Object.is(value, before)
    // Defined rather than assigned: a key called `__proto__` is data like any other.
    if (key === '__proto__') Object.defineProperty(out, key, { value, enumerable: true })
    else out[key] = value
  }
  if (!changed && old !== undefined && definedKeys(old) === count) return old
  return own(out)
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

function own<T extends Container>(value: T): T {
  owned.add(Object.freeze(value))
  return value
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
