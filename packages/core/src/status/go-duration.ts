const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

/**
 * Milliseconds as Go prints durations, which is what scripts look for: `30m0s`, `1h0m0s`, `1.5s`, `250ms`, `0s`.
 */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`
  const ns = Math.round(ms * 1e6)
  if (ns === 0) return '0s'
  if (ns < 1e3) return `${ns}ns`
  if (ns < 1e6) return `${ns / 1e3}µs`
  if (ns < 1e9) return `${ns / 1e6}ms`
  const minutes = Math.floor(ns / 6e10)
  const seconds = `${(ns - minutes * 6e10) / 1e9}s`
  if (minutes === 0) return seconds
  const hours = Math.floor(minutes / 60)
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`
}

/**
 * Reads a duration as Go does: signed decimal numbers, each with a unit (`1h30m`, `1.5s`, `300ms`, `-2m`), or `0`.
 *
 * @returns milliseconds, or `undefined` when the text is no duration
 */
export function parseGoDuration(text: string): number | undefined {
  const match = /^([+-]?)(.+)$/.exec(text)
  const body = match?.[2]
  if (body === undefined) return undefined
  if (body === '0') return 0
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined
  let total = 0
  for (const [, number, unit] of body.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g))
    total += Number(number) * (unitMs[unit ?? ''] ?? 0)
  return match?.[1] === '-' ? -total : total
}

/** Rounded to what people read at a glance: milliseconds below a second, tenths below a minute. */
export function formatRoughly(ms: number): string {
  const step = ms < 1_000 ? 1 : ms < 60_000 ? 100 : 1_000
  return formatDuration(Math.round(ms / step) * step)
}
