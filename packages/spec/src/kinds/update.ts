import type { ApiTime } from '../time.js'
import type { ApiObject, ObjectRef } from './meta.js'

export type UpdateReason = 'initial' | 'files' | 'dependency' | 'config' | 'trigger' | 'args' | 'restart'

/** Why something is done. Every update has one, from the first commit of its life on. */
export interface UpdateCause {
  readonly reason: UpdateReason
  /** Files that changed, the first 100. */
  readonly files?: readonly string[] | undefined
  /** How many changed in all. */
  readonly fileCount?: number | undefined
  /** The resource or the update this follows from. */
  readonly resource?: string | undefined
  readonly update?: string | undefined
  /** Who asked for it: `cli`, `web`, `terminal`, `api`. */
  readonly by?: string | undefined
}

export type HoldReason =
  | 'tiltfile-reload'
  | 'waiting-for-local'
  | 'is-unparallelizable-local'
  | 'building-component'
  | 'waiting-for-dep'
  | 'waiting-for-cluster'
  | 'waiting-for-deploy'
  | 'waiting-for-output'
  | 'waiting-for-slot'
  | 'paused-by-loop'

/** Why a candidate waits, and for what. Shown as it is in CLI and web. */
export interface Hold {
  readonly reason: HoldReason
  readonly on: readonly ObjectRef[]
  /** The whole as one line for people: `waiting for db (disabled)`. */
  readonly message?: string | undefined
}

export interface HoldInterval extends Hold {
  readonly from: ApiTime
  readonly to?: ApiTime | undefined
}

/** One run of a resource's pipeline. Made to ask for one; kept as the record of it. */
export interface UpdateSpec {
  readonly resource: string
  readonly causes: readonly UpdateCause[]
}

export type UpdatePhase = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'

export interface UpdateStep {
  /** `cmd`, `serve`, `skip`; `live-update`, `image <ref>`, `push <ref>`, `deploy`. */
  readonly name: string
  readonly startTime: ApiTime
  /** When it was known what has changed, and the work began. Absent: the step does not look first. */
  readonly hashedAt?: ApiTime | undefined
  readonly finishTime?: ApiTime | undefined
  readonly error?: string | undefined
}

export interface UpdateStatus {
  readonly phase: UpdatePhase
  readonly queuedAt: ApiTime
  readonly startTime?: ApiTime | undefined
  readonly finishTime?: ApiTime | undefined
  /** When what it has started became ready. Absent: that was ready all along, or is not ready yet. */
  readonly readyAt?: ApiTime | undefined
  readonly holds: readonly HoldInterval[]
  readonly steps: readonly UpdateStep[]
  readonly spanId?: string | undefined
  readonly error?: string | undefined
  readonly exitCode?: number | undefined
  /** Why nothing had to be run: `inputs and outputs are unchanged`. */
  readonly skipped?: string | undefined
  readonly warningCount?: number | undefined
  /** The files went straight into running containers. */
  readonly liveUpdate?: boolean | undefined
  /** Why changed files could not, so that an image was built. */
  readonly fallback?: string | undefined
}

/** The newest 10 of each resource are kept. Creating one triggers the resource. */
export type Update = ApiObject<'Update', UpdateSpec, UpdateStatus>
