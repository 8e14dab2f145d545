/** Milliseconds since the epoch. */
export type Millis = number

/** RFC 3339 with microseconds, as API objects carry it: `2026-01-02T03:04:05.678000Z`. */
export type ApiTime = string

/** Milliseconds since the epoch as an API time. */
export function toApiTime(ms: Millis): ApiTime {
  return `${new Date(ms).toISOString().slice(0, -1)}000Z`
}

/** An API time as milliseconds since the epoch; `undefined` stays `undefined`. */
export function fromApiTime(time: ApiTime): Millis {
  return Date.parse(time)
}
