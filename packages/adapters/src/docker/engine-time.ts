import type { ApiTime } from '@tiltts/spec'

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

/** An engine's time with exactly nine digits and in UTC, so that texts compare as times do. `undefined`: no time. */
export function nanoTime(text: string): string | undefined {
  const [, seconds = '', fraction = '', zone = ''] = TIME.exec(text) ?? []
  if (seconds === '') return undefined
  const utc = zone === 'Z' ? seconds : new Date(`${seconds}${zone}`).toISOString().slice(0, 19)
  return `${utc}.${fraction.padEnd(9, '0')}Z`
}

/** With microseconds, as API objects carry it; the zero time of Go is none. */
export function apiTime(text: string | undefined): ApiTime | undefined {
  const nano = text === undefined || text.startsWith('0001-') ? undefined : nanoTime(text)
  return nano && `${nano.slice(0, 26)}Z`
}

/** As engines take it in `since`: seconds since the epoch, with nanoseconds. */
export function unixTime(nano: string): string {
  return `${Date.parse(`${nano.slice(0, 19)}Z`) / 1000}.${nano.slice(20, 29)}`
}
