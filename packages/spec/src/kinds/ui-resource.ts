import type { ApiTime } from '../time.js'
import type { ApiObject, ObjectRef } from './meta.js'
import type { UpdateCause } from './update.js'

export type UpdateState = 'none' | 'pending' | 'in_progress' | 'ok' | 'error' | 'not_applicable'
export type RuntimeState = 'unknown' | 'ok' | 'pending' | 'error' | 'not_applicable' | 'none'

export interface UIBuild {
  readonly error: string
  readonly warnings: readonly string[]
  readonly startTime: ApiTime
  readonly finishTime: ApiTime
  readonly spanID: string
  readonly isCrashRebuild: boolean
  /** Ours: name of the Update, and why it ran. */
  readonly update?: string | undefined
  readonly causes?: readonly UpdateCause[] | undefined
}

export interface UICondition {
  readonly type: 'Ready' | 'UpToDate'
  readonly status: 'True' | 'False'
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly lastTransitionTime: ApiTime
}

/** What an update has started and that ends by itself: a Job, or a pod that has to succeed. */
export interface UIRun {
  /** Name of the Update. */
  readonly update: string
  readonly state: 'running' | 'succeeded' | 'failed'
  /** What went wrong, in one line. */
  readonly error?: string | undefined
}

/** What runs in the cluster for a row: its newest pod. All but `displayNames` is absent as long as there is none. */
export interface UIKubernetes {
  readonly podName?: string | undefined
  readonly podCreationTime?: ApiTime | undefined
  /** When the update began that the pod is of. */
  readonly podUpdateStartTime?: ApiTime | undefined
  /** What `kubectl get pods` shows as STATUS. */
  readonly podStatus?: string | undefined
  /** What is wrong with it. */
  readonly podStatusMessage?: string | undefined
  readonly allContainersReady?: boolean | undefined
  readonly podRestarts?: number | undefined
  /** Of its log. */
  readonly spanID?: string | undefined
  /** What is deployed: `api:deployment`. */
  readonly displayNames: readonly string[]
}

export interface UIResourceStatus {
  readonly order: number
  readonly updateStatus: UpdateState
  readonly runtimeStatus: RuntimeState
  readonly buildHistory: readonly UIBuild[]
  readonly currentBuild?: { readonly startTime: ApiTime; readonly spanID: string } | undefined
  readonly pendingBuildSince?: ApiTime | undefined
  readonly hasPendingChanges: boolean
  readonly queued: boolean
  readonly lastDeployTime?: ApiTime | undefined
  /** 0 auto · 1 manual with autoInit · 2 manual without · 3 auto without. */
  readonly triggerMode: 0 | 1 | 2 | 3
  readonly specs: readonly {
    readonly id: string
    readonly type: 'unspecified' | 'image' | 'k8s' | 'docker-compose' | 'local'
    readonly hasLiveUpdate: boolean
  }[]
  readonly endpointLinks: readonly { readonly url: string; readonly name: string }[]
  readonly localResourceInfo?: { readonly pid: number } | undefined
  readonly composeResourceInfo?: { readonly healthStatus?: string | undefined } | undefined
  readonly k8sResourceInfo?: UIKubernetes | undefined
  readonly conditions: readonly UICondition[]
  readonly waiting?:
    | { readonly reason: string; readonly on: readonly ObjectRef[]; readonly message?: string }
    | undefined
  readonly disableStatus: {
    readonly enabledCount: number
    readonly disabledCount: number
    readonly state: '' | 'Enabled' | 'Disabled' | 'Error'
    readonly sources: readonly { readonly configMap: { readonly name: string; readonly key: string } }[]
  }
  /** Ours: names of what it depends on. */
  readonly resourceDeps?: readonly string[] | undefined
  /** Ours: one line for people: why it is not ready, or what went wrong last. */
  readonly summary?: string | undefined
  /** Ours: what its last update has started, where that ends by itself. Absent while it updates, and after it failed. */
  readonly run?: UIRun | undefined
}

/** One row as clients read it: a projection of Resource, Cmd and Update. */
export type UIResource = ApiObject<'UIResource', Record<string, never>, UIResourceStatus>

export interface UISessionStatus {
  readonly tiltStartTime: ApiTime
  readonly tiltfileKey: string
  readonly fatalError?: string | undefined
  readonly featureFlags: readonly { readonly name: string; readonly value: boolean }[]
  readonly runningTiltBuild: {
    readonly version: string
    readonly commitSHA: string
    readonly date: string
    readonly dev: boolean
  }
  readonly versionSettings: { readonly checkUpdates: boolean }
}

/** The session as clients read it. Its one object is called `Tiltfile`. */
export type UISession = ApiObject<'UISession', Record<string, never>, UISessionStatus>
