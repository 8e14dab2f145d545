import { reading } from './call/call.js'
import { describe } from './call/expect.js'

/** Milliseconds, seconds, minutes, hours. */
export type Unit = 'ms' | 's' | 'm' | 'h'

/**
 * A length of time: `'500ms'`, `'5s'`, `'30m'`, `'1h30m'`, `'1m30s'`, or `0`.
 * For a text that is put together or read elsewhere there is {@link duration}.
 */
export type Duration =
  | 0
  | '0'
  | `${number}${Unit}`
  | `${number}h${number}m`
  | `${number}m${number}s`
  | `${number}h${number}m${number}s`

/**
 * Checks a text that was read elsewhere, and makes a {@link Duration} of it.
 * A wrong one is an error of the evaluation, shown at this call.
 *
 * @example
 * ```ts
 * ciSettings({ timeout: duration(env('CI_TIMEOUT', '30m')) })
 * ```
 */
export function duration(text: string): Duration {
  if (parseDuration(text) !== undefined) return text as Duration
  reading('duration').error(
    'config/invalid-option',
    `A duration cannot be ${describe(text)}`,
    "Write it as '500ms', '5s', '30m', '1h30m', or 0",
  )
  return 0
}

const milliseconds: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
const number = String.raw`(\d+(?:\.\d+)?)`
const pattern = new RegExp(`^(?:${number}h)?(?:${number}m(?!s))?(?:${number}s)?(?:${number}ms)?$`)

/** A duration in milliseconds; `undefined` when the value is none. */
export function parseDuration(value: unknown): number | undefined {
  if (value === 0 || value === '0') return 0
  if (typeof value !== 'string' || value === '') return undefined
  const parts = pattern.exec(value)
  if (parts === null) return undefined
  const [, h, m, s, ms] = parts
  const sum = (text: string | undefined, unit: string): number => Number(text ?? 0) * (milliseconds[unit] ?? 0)
  return Math.round(sum(h, 'h') + sum(m, 'm') + sum(s, 's') + sum(ms, 'ms'))
}
