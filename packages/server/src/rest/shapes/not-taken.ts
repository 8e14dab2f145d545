import { ApiError } from '../api-error.js'

/**
 * Refuses what the engine does for the config alone, so that no client waits for it in vain. Throws an ApiError 422.
 *
 * @param fields with what to do instead
 */
export function refuseNotTaken<S extends object>(spec: S, fields: Partial<Record<keyof S & string, string>>): void {
  const said = Object.entries<string | undefined>(fields).filter(([field]) => isSaid(spec[field as keyof S]))
  if (said.length === 0) return
  const text = said.map(([field, instead]) => `spec.${field} is not taken of clients: ${instead}`).join('; ')
  throw new ApiError(422, 'Invalid', text)
}

function isSaid(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined
}
