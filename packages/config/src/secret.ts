import { reading } from './call/call.js'
import { describe } from './call/expect.js'

/**
 * Marks a value as secret: wherever it shows in a log, `[redacted secret]` stands in its place.
 *
 * @param name Shown with it: `[redacted secret db-password]`.
 * @returns The value.
 * @example
 * ```ts
 * const token = secret(readFile('./token').trim(), 'token')
 * ```
 */
export function secret(value: string, name?: string): string {
  const call = reading('secret')
  if (typeof value !== 'string') {
    call.error('config/invalid-option', `secret(): expected a string, got ${describe(value)}`)
    return String(value)
  }
  const replacement = name === undefined ? '[redacted secret]' : `[redacted secret ${name}]`
  if (value !== '') call.recorder.recordSecret({ value, replacement })
  return value
}
