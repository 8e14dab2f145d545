import type { EdgeKind, LinkSpec, LocalResourceNode, TriggerMode } from '../graph/resource.js'
import type { Place } from '../place.js'
import type { ApiTime } from '../time.js'
import type { ApiObject } from './meta.js'
import type { Hold, UpdateCause } from './update.js'

/** One row: what the linker made of a node of the config. Written by the config controller only. */
export interface ResourceSpec {
  readonly type: 'local'
  /** Display order, also the scheduler's tie-break. */
  readonly order: number
  readonly labels: readonly string[]
  readonly links: readonly LinkSpec[]
  readonly dependencies: readonly ResourceEdge[]
  /** Resources whose declared outputs are among the inputs of this one; their updates go first. */
  readonly inputsFrom?: readonly string[] | undefined
  readonly triggerMode: TriggerMode
  readonly autoInit: boolean
  /** Absent: no limit in `dev`, the session's in `ci`. */
  readonly readyTimeoutMs?: number | undefined
  readonly local: LocalResourceNode
  /** Hash of all that, when changed, makes the update run again (`cmd`, its folder and environment). */
  readonly updateHash: string
  /** Hash of all that, when changed, makes the server start anew. */
  readonly serveHash: string
  readonly place?: Place | undefined
}

export interface ResourceEdge {
  readonly on: string
  readonly edge: EdgeKind
}

/** Where the resource stands with its updates. Written by the update controller only. */
export interface ResourceStatus {
  /** What waits to be built in; empty: nothing does. */
  readonly pending: readonly UpdateCause[]
  /** Since when, the earliest. */
  readonly pendingSince?: ApiTime | undefined
  /** Name of the Update that is queued by a trigger, first in first out. */
  readonly triggered?: { readonly update: string; readonly at: ApiTime } | undefined
  /** Name of the Update that waits for its turn, whatever asked for it. */
  readonly queued?: string | undefined
  /** Events of its FileWatch up to this one were taken in. */
  readonly watchSequence?: number | undefined
  /** Hashes of the definition that is built in or waits to be, so that a change of it is seen. */
  readonly seen?: { readonly updateHash: string; readonly serveHash: string } | undefined
  /** Name of the Update that runs. */
  readonly current?: string | undefined
  /** Names of ended updates, newest first. */
  readonly history: readonly string[]
  readonly hold?: Hold | undefined
  /** Whether an update was ever started since the resource was enabled. */
  readonly started: boolean
  /** Result of the last ended update. */
  readonly last?: 'succeeded' | 'failed' | 'cancelled' | undefined
  readonly succeededOnce: boolean
  readonly readyOnce: boolean
  /** Ready now: its update succeeded and, with a server, that is ready. */
  readonly ready: boolean
  readonly readySince?: ApiTime | undefined
  /** Since when it could have been ready and is not. */
  readonly unreadySince?: ApiTime | undefined
  /** Stopped by the loop detector. */
  readonly paused?: { readonly file: string; readonly since: ApiTime } | undefined
  readonly enabled: 'enabled' | 'disabled'
  /** A server that was stopped by hand; the next trigger or change starts it. */
  readonly stopped?: boolean | undefined
}

export type Resource = ApiObject<'Resource', ResourceSpec, ResourceStatus>
