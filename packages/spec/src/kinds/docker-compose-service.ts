import type { ComposeProjectRef } from '../graph/compose.js'
import type { ApiTime } from '../time.js'
import type { ApiObject, DisableSource } from './meta.js'

/** A service of a compose project. Its spec is written by the config controller only. */
export interface DockerComposeServiceSpec {
  readonly service: string
  readonly project: ComposeProjectRef & { readonly name: string; readonly wait: boolean }
  readonly disableSource?: DisableSource | undefined
}

export interface ContainerState {
  /** As the engine says: created, running, paused, restarting, removing, exited, dead. */
  readonly status: string
  readonly running: boolean
  readonly error: string
  readonly exitCode: number
  readonly startedAt?: ApiTime | undefined
  readonly finishedAt?: ApiTime | undefined
  /** Absent without a health check. */
  readonly healthStatus?: 'starting' | 'healthy' | 'unhealthy' | undefined
  /** What the health check said last, at most 4 KB. */
  readonly healthOutput?: string | undefined
  readonly restartCount: number
  /** Runs in a row that failed within seconds, as far as they were seen; see `countFailures` in core. @default 0 */
  readonly failuresInARow?: number | undefined
}

export interface ComposeContainer {
  readonly id: string
  readonly name: string
  /** Counts the containers of its service from 1, as compose does. */
  readonly number?: number | undefined
  readonly imageId: string
  /** Compose's hash of the service that it was made for. */
  readonly configHash: string
  readonly createdAt: ApiTime
  readonly state: ContainerState
}

export interface PortBinding {
  readonly containerPort: number
  readonly hostPort: number
  readonly hostIP: string
  readonly protocol: string
}

/** Written by the service controller only, from what the engine tells. */
export interface DockerComposeServiceStatus {
  /** Whether the engine was asked since it last answered. Until then nothing is known. */
  readonly known: boolean
  /** All containers of the service, by number; with `scale: 1` there is one. */
  readonly containers: readonly ComposeContainer[]
  readonly portBindings: readonly PortBinding[]
  /** A container of it ran in this session, however short, or is there that ended with code 0. */
  readonly startedOnce: boolean
  /** A container of it ended with code 0 in this session, or had done so before and is still there. */
  readonly completedOnce: boolean
}

export type DockerComposeService = ApiObject<
  'DockerComposeService',
  DockerComposeServiceSpec,
  DockerComposeServiceStatus
>
