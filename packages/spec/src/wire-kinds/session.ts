import type { ApiObject } from '../kinds/meta.js'
import type { SessionSpec, SessionStatus } from '../kinds/session.js'

export interface WireSessionSpec extends Omit<SessionSpec, 'ci'> {
  readonly ci?: SessionCi | undefined
}

/** Limits of `ci`, as durations: `30m0s`. */
export interface SessionCi {
  /** Of the whole. */
  readonly timeout?: string | undefined
  /** Of each resource, from its update to being ready. Told of what the config says. */
  readonly readinessTimeout?: string | undefined
  /** How long a failing pod may take to recover. Told of what the config says. */
  readonly k8sGracePeriod?: string | undefined
}

/** The verdict on the whole. Its one object is called `Tiltfile`. */
export type WireSession = ApiObject<'Session', WireSessionSpec, SessionStatus>
