import { inspect } from 'node:util'
import type { Call } from './call.js'
import { didYouMean } from './nearest.js'

/** What an option must be; TypeScript checks it already, this is for JavaScript and for casts. */
export interface Expectation {
  /** Completes `expected …`. */
  readonly expected: string
  readonly fits: (value: unknown) => boolean
}

/** One expectation for each option. */
export type Expectations<T> = { readonly [K in keyof T]-?: Expectation }

/**
 * Looks at the options of a call, and records an error for each that is unknown or of a wrong type.
 *
 * @param subject The call as people find it again: `localResource('api')`.
 * @returns The good options; the others count as absent.
 */
export function checkedOptions<T extends object>(
  call: Call,
  subject: string,
  given: T | undefined,
  expectations: Expectations<T>,
): Partial<T> {
  if (given === undefined) return {}
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    call.error('config/invalid-option', `${subject}: expected an object of options, got ${describe(given)}`)
    return {}
  }
  const good: Partial<T> = {}
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (!Object.hasOwn(expectations, name)) {
      call.error(
        'config/unknown-option',
        `${subject} has no option \`${name}\``,
        didYouMean(name, Object.keys(expectations)) ?? `It has: ${Object.keys(expectations).join(', ')}`,
      )
      continue
    }
    const key = name as keyof T
    const { expected, fits } = expectations[key]
    if (fits(value)) good[key] = value as T[keyof T]
    else
      call.error('config/invalid-option', `${subject}: \`${name}\` must be ${expected}, but it is ${describe(value)}`)
  }
  return good
}

/** A value for a message, short. */
export function describe(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'function') return 'a function'
  if (value instanceof Promise) return 'a promise (await it)'
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 1, breakLength: Infinity })
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
