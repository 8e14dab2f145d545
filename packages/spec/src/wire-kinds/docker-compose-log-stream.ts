import type { ApiObject } from '../kinds/meta.js'
import type { ApiTime } from '../time.js'
import type { DockerComposeProject } from './docker-compose-service.js'

/** The output of a compose service, as it goes into the log. */
export interface DockerComposeLogStreamSpec {
  readonly service: string
  readonly project: DockerComposeProject
  readonly sinceTime?: ApiTime | undefined
}

export interface DockerComposeLogStreamStatus {
  readonly startedAt?: ApiTime | undefined
  readonly error?: string | undefined
}

/** The log of a compose service. */
export type DockerComposeLogStream = ApiObject<
  'DockerComposeLogStream',
  DockerComposeLogStreamSpec,
  DockerComposeLogStreamStatus
>
