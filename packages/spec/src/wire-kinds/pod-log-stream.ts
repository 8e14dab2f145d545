import type { ApiObject } from '../kinds/meta.js'
import type { ApiTime } from '../time.js'

/** The output of the containers of a pod, as it goes into the log. */
export interface PodLogStreamSpec {
  readonly pod: string
  readonly namespace?: string | undefined
  readonly sinceTime?: ApiTime | undefined
  readonly onlyContainers?: readonly string[] | undefined
  readonly ignoreContainers?: readonly string[] | undefined
  readonly cluster: string
}

export interface PodLogStreamStatus {
  readonly containerStatuses?: readonly ContainerLogStreamStatus[] | undefined
  readonly error?: string | undefined
}

export interface ContainerLogStreamStatus {
  readonly name: string
  /** More may come. */
  readonly active: boolean
  readonly terminated: boolean
  readonly error?: string | undefined
}

/** The log of a pod of a resource. */
export type PodLogStream = ApiObject<'PodLogStream', PodLogStreamSpec, PodLogStreamStatus>
