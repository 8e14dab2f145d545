import type { FunctionRef } from '../graph/command.js'
import type { ComposeProjectRef, ComposeService } from '../graph/compose.js'
import type {
  CustomDeploy,
  ForwardTarget,
  ImageObjectPath,
  KubernetesManifest,
  PodReadiness,
  PortForwardSpec,
} from '../graph/kubernetes.js'
import type { LiveUpdateSpec } from '../graph/live-update.js'
import type { EdgeKind, LinkSpec, LocalResourceNode, StepSpec, TriggerMode } from '../graph/resource.js'
import type { Place } from '../place.js'
import type { ApiTime } from '../time.js'
import type { ApiObject } from './meta.js'
import type { Hold, UpdateCause } from './update.js'

/** One row: what the linker made of a node of the config. Written by the config controller only. */
export type ResourceSpec = LocalResourceSpec | ComposeResourceSpec | KubernetesResourceSpec

interface ResourceSpecBase {
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
  /** Names of the Image objects that its update brings up to date, bases before what is built upon them. */
  readonly images: readonly ImageUse[]
  /** Names of the FileWatches whose events are its changes. */
  readonly watches: readonly string[]
  readonly onDown?: StepSpec | undefined
  /** Hash of all that, when changed, makes the update run again: `cmd`, its folder and environment; images; the service. */
  readonly updateHash: string
  /** Hash of all that, when changed, makes the server start anew. */
  readonly serveHash: string
  readonly place?: Place | undefined
}

/** A command that runs and ends, a server, or both. */
export interface LocalResourceSpec extends ResourceSpecBase {
  readonly type: 'local'
  readonly local: LocalResourceNode
  readonly compose?: undefined
  readonly kubernetes?: undefined
}

/** A service of a compose project. */
export interface ComposeResourceSpec extends ResourceSpecBase {
  readonly type: 'docker-compose'
  readonly compose: ComposeDeploy
  readonly local?: undefined
  readonly kubernetes?: undefined
}

/** Objects of a cluster, what a command deploys there, or a way to what is there already. */
export interface KubernetesResourceSpec extends ResourceSpecBase {
  readonly type: 'k8s'
  readonly kubernetes: KubernetesDeploy
  readonly local?: undefined
  readonly compose?: undefined
}

/** An image among those of a resource. */
export interface ImageUse {
  /** Name of the Image object. */
  readonly name: string
  /** Whether its containers run it; otherwise others are built upon it. */
  readonly deployed: boolean
  /** What its live update takes in by itself; absent: every change builds it. */
  readonly liveUpdate?: LiveUpdateSpec | undefined
  /** Absolute paths whose files are its, or its bases': what of a change concerns it. */
  readonly inputs: readonly string[]
  /**
   * References of the manifests of a Kubernetes resource that mean this image, as they stand there: what is replaced when
   * it is built. Absent where no manifests name images.
   */
  readonly refs?: readonly string[] | undefined
}

/** How a service is deployed. */
export interface ComposeDeploy {
  readonly project: ComposeProjectRef & { readonly name: string; readonly wait: boolean }
  readonly service: ComposeService
  /** Who makes the image of the service: an Image object, compose, or nobody. */
  readonly imageBy: 'tiltts' | 'compose' | 'none'
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
  /** Events of its FileWatches, by name, up to these were taken in. */
  readonly watchSequences?: Readonly<Record<string, number>> | undefined
  /** All files that wait to be built in, sorted, where an image is built of them; `pending` names the first 100. */
  readonly pendingFiles?: readonly string[] | undefined
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
  /** A container of it was seen running, or had ended with code 0, since its first update succeeded. */
  readonly containerStartedOnce?: boolean | undefined
  /** A container of it has ended with code 0 since its first update succeeded, or had done so and was left so. */
  readonly containerCompletedOnce?: boolean | undefined
  /** The last update brought files into containers, and a command there failed: they hold the files all the same. */
  readonly liveStepFailed?: boolean | undefined
  /** Ready now: its update succeeded and what runs for it, a server or containers, is ready. */
  readonly ready: boolean
  readonly readySince?: ApiTime | undefined
  /** Since when it could have been ready and is not. */
  readonly unreadySince?: ApiTime | undefined
  /** Why the changes that wait did not fit into running containers when that was tried: they are built instead. */
  readonly fallback?: string | undefined
  /** Stopped by the loop detector. */
  readonly paused?: { readonly file: string; readonly since: ApiTime } | undefined
  readonly enabled: 'enabled' | 'disabled'
  /** A server that was stopped by hand; the next trigger or change starts it. */
  readonly stopped?: boolean | undefined
}

export type Resource = ApiObject<'Resource', ResourceSpec, ResourceStatus>

/** How a resource is deployed to the cluster, and told to be ready. */
export interface KubernetesDeploy {
  /** In the order in which they are applied; images not yet put in. Empty for custom deploys and forwards. */
  readonly objects: readonly KubernetesManifest[]
  /** Where images are named beside containers, for those objects that have such places. */
  readonly imagePlaces: readonly ImagePlaces[]
  readonly custom?: CustomDeploy | undefined
  /** Of `k8sForward`: nothing is deployed. */
  readonly target?: ForwardTarget | undefined
  readonly portForwards: readonly PortForwardSpec[]
  readonly podReadiness: PodReadiness
  readonly discoveryStrategy: 'default' | 'selectors-only'
  readonly extraPodSelectors: readonly Readonly<Record<string, string>>[]
  readonly readyWhen?: FunctionRef | undefined
  /** Milliseconds that one object may take to be applied. */
  readonly timeoutMs: number
}

/** Where one object names images, beside its containers. */
export interface ImagePlaces {
  /** Index in `objects`. */
  readonly object: number
  readonly jsonPaths: readonly string[]
  readonly imageObject?: ImageObjectPath | undefined
}
