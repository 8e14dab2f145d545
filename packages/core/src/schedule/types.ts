import type { EdgeKind, Hold, Millis, ResourceEdge } from '@tiltts/spec'

/** A resource that wants an update. */
export interface Candidate {
  readonly name: string
  readonly order: number
  readonly type: 'local'
  /** A local resource that has a `cmd` and does not allow others beside it. */
  readonly exclusive: boolean
  /** Never started since it was enabled. Edges that only delay the first update hold it. */
  readonly first: boolean
  /** Never started, and starts by itself. Such updates come before all others, triggered or not. */
  readonly initial: boolean
  readonly triggeredAt?: Millis | undefined
  readonly pendingSince?: Millis | undefined
  readonly edges: readonly ResourceEdge[]
  /** Resources whose declared outputs lie in this one's deps. */
  readonly inputsFrom: readonly string[]
  readonly paused?: { readonly file: string } | undefined
}

export interface Running {
  readonly name: string
  readonly exclusive: boolean
  readonly type: 'local'
}

/** What the planner asks about another resource. */
export interface DependencyState {
  readonly enabled: boolean
  readonly ready: boolean
  readonly readyOnce: boolean
  readonly succeededOnce: boolean
  /** Running, queued, or due to run by itself. */
  readonly busy: boolean
  /** Manual and never triggered, so it will not come by itself. */
  readonly idle: boolean
  /** Its last update failed. */
  readonly failed: boolean
}

export interface PlanView {
  readonly candidates: readonly Candidate[]
  readonly running: readonly Running[]
  /** Limit of updates at once. */
  readonly maxParallel: number
  /** A config has changes nobody looked at. */
  readonly configPending: boolean
  readonly dependency: (name: string) => DependencyState | undefined
}

export interface Plan {
  /** In order. */
  readonly start: readonly string[]
  /** Why each of the others waits. */
  readonly holds: ReadonlyMap<string, Hold>
}

export type { EdgeKind }
