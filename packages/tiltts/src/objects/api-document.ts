/** An object of the API as clients send and get it. */
export interface ApiDocument {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: DocumentMeta
  readonly [field: string]: unknown
}

export interface DocumentMeta {
  readonly name?: string | undefined
  readonly generateName?: string | undefined
  readonly resourceVersion?: string | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly [field: string]: unknown
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
