import type { Json } from '@tiltts/spec'

/** What is remembered on disk between sessions, by key. A record that cannot be read is one that is not there. */
export interface Records {
  get(key: string): Promise<Json | undefined>
  /** Atomic: a reader sees the old value or the new. */
  set(key: string, value: Json): Promise<void>
}
