import type { LogStore } from '@tiltts/core/logs'
import { isObject } from '../rest/wire-object.js'

const hidden = '(hidden)'

/**
 * A value as JSON that people may send to others: secret values that are known are scrubbed from all of its texts, and
 * those of the Secrets in it are hidden, however short.
 */
export function scrubbedJson(value: unknown, logs: LogStore): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'string') return logs.scrub(part)
    return isObject(part) && part['kind'] === 'Secret' ? withoutValues(part) : part
  })
}

function withoutValues(secret: Readonly<Record<string, unknown>>): object {
  const hide = (values: unknown): unknown =>
    isObject(values) ? Object.fromEntries(Object.keys(values).map((key) => [key, hidden])) : values
  return { ...secret, data: hide(secret['data']), stringData: hide(secret['stringData']) }
}
