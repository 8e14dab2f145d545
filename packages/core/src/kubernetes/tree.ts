/** A place in plain data: names of fields and indices of lists. */
export type Path = readonly (string | number)[]

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What stands at a place; `undefined` when there is nothing. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const step of path) {
    if (typeof step === 'number' ? !Array.isArray(value) : !isRecord(value)) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[step]
  }
  return value
}

export function recordAt(root: unknown, path: Path): Readonly<Record<string, unknown>> | undefined {
  const value = valueAt(root, path)
  return isRecord(value) ? value : undefined
}

export function listAt(root: unknown, path: Path): readonly unknown[] {
  const value = valueAt(root, path)
  return Array.isArray(value) ? value : []
}

/** The same data with another value at a place; what leads there is made where it is missing, all else is shared. */
export function withValueAt<T>(root: T, path: Path, value: unknown): T {
  return replaced(root, path, value) as T
}

function replaced(node: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value
  if (typeof step === 'number') {
    const list = Array.isArray(node) ? node : []
    return list.map((item, index) => (index === step ? replaced(item, rest, value) : item))
  }
  const record = isRecord(node) ? node : {}
  return { ...record, [step]: replaced(record[step], rest, value) }
}
