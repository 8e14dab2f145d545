import type { ClusterName, EdgeKind, Hold, Millis, ResourceEdge, ResourceSpec } from '@tiltts/spec'

/** A resource that wants an update. */
export interface Candidate {
  readonly name: string
  readonly order: number
  readonly type: ResourceSpec['type']
  /** A local resource that has a `cmd` and does not allow others beside it. */
  readonly exclusive: boolean
  /** Names of the Image objects that its update may build. None of them is built by two updates at once. */
  readonly images: readonly string[]
  /** Its changes go straight into running containers: it takes no slot and waits for no other update. */
  readonly live: boolean
  /** Its changes could go straight into its containers, which are on their way. */
  readonly awaitsContainer: boolean
  /** What its update needs to answer: the Docker engine, the cluster. */
  readonly clusters: readonly ClusterName[]
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
  readonly type: ResourceSpec['type']
  /** As {@link Candidate.images}. */
  readonly images: readonly string[]
  /** It brings changes straight into running containers, and takes no slot. */
  readonly live: boolean
}

/** What runs for a resource, as far as its next update depends on it. */
export interface RuntimeFacts {
  /** Whether all its pending files can go into running containers, as `liveUpdateCovers` says. */
  readonly covered: boolean
  /**
   * `running`: all its containers run · `coming`: they do not yet, and nothing speaks against it, or the engine has not
   * told yet · `down`: they ended, are started again and again, or are gone.
   */
  readonly containers: 'running' | 'coming' | 'down'
  /** Names of those of its Image objects that no update needs to build: they have a result, and none of their inputs changed. */
  readonly settledImages?: ReadonlySet<string> | undefined
}

/** Where the engine that runs containers stands. */
export interface ClusterState {
  readonly connected: boolean
  /** Why not, in the engine's words; absent while it was not asked yet. */
  readonly error?: string | undefined
}

/** What the planner asks about another resource. */
export interface DependencyState {
  readonly enabled: boolean
  readonly ready: boolean
  readonly readyOnce: boolean
  readonly succeededOnce: boolean
  /** Its container was seen running once, or had ended with code 0. */
  readonly startedOnce: boolean
  /** Its container ended with code 0 once. */
  readonly completedOnce: boolean
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
  /** Limit of updates at once, those straight into containers not counted. */
  readonly maxParallel: number
  /** A config has changes nobody looked at. */
  readonly configPending: boolean
  readonly dependency: (name: string) => DependencyState | undefined
  /** Asked only when a candidate needs it. */
  readonly cluster: (name: ClusterName) => ClusterState
}

export interface Plan {
  /** In order. */
  readonly start: readonly string[]
  /** Why each of the others waits. */
  readonly holds: ReadonlyMap<string, Hold>
}

export type { EdgeKind }
