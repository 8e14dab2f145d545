import type { EdgeKind } from './graph/resource.js'
import type { ObjectRef } from './kinds/meta.js'
import type { RuntimeState, UpdateState } from './kinds/ui-resource.js'
import type { HoldReason, UpdateCause, UpdatePhase } from './kinds/update.js'
import type { Place } from './place.js'
import type { ApiTime, Millis } from './time.js'

/**
 * Where a resource stands, in one word. `waiting`: it wants an update, and something holds it · `queued`: it is next ·
 * `not-triggered`: it does nothing before somebody triggers it · `starting`: its update is done, what runs for it is not
 * ready yet · `unknown`: nobody can tell, as it was stopped or its engine does not answer.
 */
export type Stand =
  | 'disabled'
  | 'updating'
  | 'waiting'
  | 'queued'
  | 'not-triggered'
  | 'failed'
  | 'starting'
  | 'unknown'
  | 'ready'

/** Why something is in the way. A stand of the resource that is in the way, the reason it is held, or what is not a resource. */
export type WaitReason =
  | Exclude<Stand, 'waiting'>
  | HoldReason
  /** The config is evaluated, or is about to be. */
  | 'evaluating'
  /** An engine, or the cluster, does not answer. */
  | 'away'
  /** A file that the resource changes itself. */
  | 'changed-by-run'
  /** A name that the config has no resource for. */
  | 'not-in-config'
  /** What it waits for waits for it. */
  | 'circle'

/** One thing in the way of a resource. */
export interface WaitNode {
  /** `UIResource/db`, `Tiltfile/(Tiltfile)`, `Cluster/docker`, `Update/db-3`, `File//project/out.js`. */
  readonly id: string
  /** Of an object of the API, or `File`. */
  readonly kind: string
  readonly name: string
  readonly reason: WaitReason
  /** One line for people. */
  readonly message: string
  /** Ids of what it waits for itself; empty: it is a root. */
  readonly on: readonly string[]
}

/** A cause of an update. */
export interface WhyCause extends UpdateCause {
  /** One line for people: `changed: src/a.ts`. */
  readonly message: string
}

/** An update and why it ran. */
export interface WhyUpdate {
  readonly update: string
  readonly resource: string
  readonly phase: UpdatePhase
  readonly queuedAt: ApiTime
  readonly startTime?: ApiTime | undefined
  readonly finishTime?: ApiTime | undefined
  readonly error?: string | undefined
  readonly skipped?: string | undefined
  readonly liveUpdate?: boolean | undefined
  readonly fallback?: string | undefined
  /** Where a cause has `update`, that is the next link of the chain. */
  readonly causes: readonly WhyCause[]
  /** What it waited for before it started, in order. */
  readonly waited: readonly Wait[]
}

/** A while for which an update waited. */
export interface Wait {
  readonly reason: HoldReason
  readonly on: readonly ObjectRef[]
  readonly message: string
  /** Until now, where it still waits. */
  readonly ms: Millis
}

/** Answer of `GET /api/why?resource=…`. */
export interface Why {
  readonly resource: string
  readonly stand: Stand
  /** One line for people. */
  readonly message: string
  /** What is in the way of a resource that is not ready: itself first, each thing once. Empty: nothing is. */
  readonly waits: readonly WaitNode[]
  /** The update that runs, waits, or ran last, then those that it follows from; each once. Empty: there was none. */
  readonly chain: readonly WhyUpdate[]
}

/** The rule that takes a path away. */
export interface IgnoredBy {
  /** As it was written. */
  readonly pattern: string
  /** The folder that it counts from. Absolute. */
  readonly folder: string
  /** For people: `ignore of api`, `.tiltignore`. */
  readonly origin: string
  /** The line of an ignore file, or the call in the config that it belongs to. */
  readonly place?: Place | undefined
}

/** A watch that reaches a path. */
export interface WatchHit {
  /** Name of the FileWatch. */
  readonly watch: string
  /** The watched path that it is, or lies under. */
  readonly watchedPath: string
  /** Absent: a change of the path is told. */
  readonly ignored?: IgnoredBy | undefined
}

/** What the live update of an image says of a path. */
export interface LiveUpdateHit {
  /** Name of the Image object. */
  readonly image: string
  /** `fall-back`: its change builds the image · `none`: no sync reaches it, so that its change builds the image, too. */
  readonly rule: 'sync' | 'ignored' | 'fall-back' | 'none'
  readonly message: string
  readonly containerPath?: string | undefined
  /** What of `fallBackOn` names it. */
  readonly stopPath?: string | undefined
  readonly ignored?: IgnoredBy | undefined
  /** Commands that run in the container then, as they were written. */
  readonly runs: readonly string[]
  readonly restart?: 'container' | 'process' | undefined
}

/**
 * What an edit would do. `nothing` · `needs-trigger`: it is kept in mind until somebody triggers the resource · `update`: a
 * command runs, a server starts anew, objects are applied · `image-build` · `live-update`: it goes into running containers.
 */
export type EditEffect = 'nothing' | 'needs-trigger' | 'update' | 'image-build' | 'live-update'

/** What an edit of a path means to one resource. */
export interface FileEffect {
  readonly resource: string
  readonly effect: EditEffect
  /** One line for people. */
  readonly message: string
  readonly watches: readonly WatchHit[]
  /** Images that are built from it. */
  readonly images: readonly { readonly image: string; readonly input: string }[]
  readonly liveUpdates: readonly LiveUpdateHit[]
  /** Why a resource with live updates builds an image all the same. */
  readonly fallback?: string | undefined
}

/** Answer of `GET /api/explain-file?path=…`. */
export interface FileExplanation {
  /** Absolute. */
  readonly path: string
  readonly message: string
  readonly config: { readonly reloads: boolean; readonly message: string; readonly ignored?: IgnoredBy | undefined }
  /** Those that the path concerns, in order of display. */
  readonly resources: readonly FileEffect[]
}

/** A resource among the others. */
export interface GraphNode {
  readonly resource: string
  readonly type: 'local' | 'docker-compose' | 'k8s'
  readonly stand: Stand
  readonly updateStatus: UpdateState
  readonly runtimeStatus: RuntimeState
  /** Why it is not ready. */
  readonly message?: string | undefined
  /** Where it is what all their waiting comes down to: the resources that wait for it, directly or not. */
  readonly blocks: readonly string[]
}

/** One resource needs another. */
export interface GraphEdge {
  readonly from: string
  /** What it needs. */
  readonly to: string
  /** `output`: it reads what the other writes. */
  readonly edge: EdgeKind | 'output'
  /** `from` waits for `to` now. */
  readonly waits: boolean
}

/** Answer of `GET /api/graph`. With `?blockers=1`: only resources that wait, and what they wait for. */
export interface ResourceGraph {
  /** In order of display. */
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** What an update was doing: waiting for its turn, looking at what has changed, working. */
export type TimelinePhase = 'queue' | 'hash' | 'build' | 'push' | 'apply' | 'live-update' | 'ready'

export interface TimelinePart {
  readonly phase: TimelinePhase
  /** The step, or what was waited for. */
  readonly name?: string | undefined
  readonly from: ApiTime
  /** Absent: it still goes on. */
  readonly to?: ApiTime | undefined
  /** Until now, where it still goes on. */
  readonly ms: Millis
}

export interface TimelineUpdate {
  readonly update: string
  readonly resource: string
  /** `Initial Build`, `Changed Files | Config Changed`. */
  readonly reason: string
  readonly phase: UpdatePhase
  readonly queuedAt: ApiTime
  readonly startTime?: ApiTime | undefined
  readonly finishTime?: ApiTime | undefined
  /** When what runs for it was ready. Absent: it is not, or there was another update before it was. */
  readonly readyAt?: ApiTime | undefined
  /** In order of their beginning. */
  readonly parts: readonly TimelinePart[]
}

/** A link of the critical path: for so long the start-up waited for this. */
export interface CriticalPart extends TimelinePart {
  readonly update: string
  readonly resource: string
}

/** Answer of `GET /api/timeline`. */
export interface Timeline {
  /** In the order in which they were asked for, those of the config among them. */
  readonly updates: readonly TimelineUpdate[]
  /** What the last resource to become ready in the start-up spent its time on, back to the start of the session. */
  readonly criticalPath: readonly CriticalPart[]
  /** From the first link's beginning to the last one's end. */
  readonly criticalMs: Millis
}
