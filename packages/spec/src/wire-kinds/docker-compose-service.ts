import type { ComposeContainer, PortBinding } from '../kinds/docker-compose-service.js'
import type { ApiObject, DisableSource } from '../kinds/meta.js'
import type { ApiTime } from '../time.js'
import type { DisableStatus } from './disable-status.js'

/** A service of a compose project. */
export interface WireDockerComposeServiceSpec {
  readonly service: string
  readonly project: DockerComposeProject
  /** Names of the ImageMaps that it runs. */
  readonly imageMaps?: readonly string[] | undefined
  readonly disableSource?: DisableSource | undefined
}

export interface DockerComposeProject {
  readonly configPaths?: readonly string[] | undefined
  readonly projectPath?: string | undefined
  /** A compose file as text. */
  readonly yaml?: string | undefined
  readonly name?: string | undefined
  readonly envFile?: string | undefined
  readonly profiles?: readonly string[] | undefined
  readonly wait?: boolean | undefined
}

export interface WireDockerComposeServiceStatus {
  readonly containerState?: DockerContainerState | undefined
  readonly containerID?: string | undefined
  readonly containerName?: string | undefined
  readonly portBindings?: readonly PortBinding[] | undefined
  /** Of the newest update. */
  readonly applyError?: string | undefined
  readonly lastApplyStartTime?: ApiTime | undefined
  readonly lastApplyFinishTime?: ApiTime | undefined
  readonly disableStatus?: DisableStatus | undefined
  /** Ours: whether the engine was asked since it last answered. */
  readonly known: boolean
  /** Ours: all containers of the service; the fields above speak of the first. */
  readonly containers: readonly ComposeContainer[]
}

export interface DockerContainerState {
  /** As the engine says: created, running, paused, restarting, removing, exited, dead. */
  readonly status: string
  readonly running: boolean
  readonly error?: string | undefined
  readonly exitCode: number
  readonly startedAt?: ApiTime | undefined
  readonly finishedAt?: ApiTime | undefined
  readonly healthStatus?: string | undefined
}

export type WireDockerComposeService = ApiObject<
  'DockerComposeService',
  WireDockerComposeServiceSpec,
  WireDockerComposeServiceStatus
>
