import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'

export interface ServerOptions {
  /** The user's own: every request to the web port must bring it. */
  readonly token: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly now: () => number
  readonly version: string
  /** Time that a client has for the head of a request, and for the whole of it, in ms. @default 10 s and 60 s */
  readonly patience?: { readonly headMs: number; readonly requestMs: number } | undefined
}

/** What is served, once the session is there. */
export interface Served {
  readonly store: ObjectStore
  readonly logs: LogStore
}
