import type { Clock, Processes } from '@tiltts/runtime/ports'
import type { PinnedContext } from './pinned-context.js'

export interface CredentialOptions {
  readonly pinned: PinnedContext
  readonly processes: Processes
  readonly env: Readonly<Record<string, string>>
  readonly clock: Clock
}

/** What a call brings along to be let in. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly cert?: string | Buffer | undefined
  readonly key?: string | Buffer | undefined
}
