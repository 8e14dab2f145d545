/** What is wrong with a field of a spec, beyond its type. */
export interface SpecFault {
  /** Path below the spec: `inputs[0].name`. */
  readonly field: string
  readonly reason: 'required' | 'invalid' | 'duplicate'
  readonly message: string
}

/** A field that must say something. */
export function requiredFault(field: string, message = 'Required value'): SpecFault {
  return { field, reason: 'required', message }
}

/** A field with a value that cannot be. */
export function invalidFault(field: string, value: unknown, why: string): SpecFault {
  return { field, reason: 'invalid', message: `Invalid value: ${JSON.stringify(value) ?? 'undefined'}: ${why}` }
}
