/** Reading JSON whose shape is known to the reader, but not to the compiler. */
export type Json = Readonly<Record<string, unknown>>

export function record(value: unknown): Json {
  return isRecord(value) ? value : {}
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function records(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise
}

export function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

/** Labels, annotations. */
export function texts(value: unknown): Readonly<Record<string, string>> {
  return record(value) as Readonly<Record<string, string>>
}

export function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b)
}

/** The same text for the same value, whatever the order of its keys. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_key, one: unknown) =>
      isRecord(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
    ) ?? ''
  )
}
