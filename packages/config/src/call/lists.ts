import type { Env, Falsy, OneOrMany } from '../values.js'
import { isFalsy } from './expectations.js'

/** Always a list, without its falsy entries. */
export function listOf<T>(given: OneOrMany<T> | undefined): readonly T[] {
  const entries: readonly (T | Falsy)[] = Array.isArray(given) ? given : [given as T | Falsy]
  return entries.filter((entry): entry is T => !isFalsy(entry))
}

/** Values as strings, without the names that have none. */
export function envOf(given: Env | undefined): Readonly<Record<string, string>> {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(given ?? {})) if (value !== undefined) env[name] = String(value)
  return env
}
