import type { Json } from '@tiltts/spec'
import type { Records } from '../ports/records.js'

/** Records in memory. Kept as text, so that nobody holds on to what another changes. */
export function fakeRecords(initial: Readonly<Record<string, Json>> = {}): Records {
  const texts = new Map(Object.entries(initial).map(([key, value]) => [key, JSON.stringify(value)]))
  return {
    async get(key) {
      const text = texts.get(key)
      return text === undefined ? undefined : JSON.parse(text)
    },
    async set(key, value) {
      texts.set(key, JSON.stringify(value))
    },
  }
}
