import type { ApiTime } from '../time.js'
import type { ApiObject } from './meta.js'

/** Something that runs containers. `docker` is the Docker engine. */
export interface ClusterSpec {
  readonly connection: { readonly docker: { readonly host?: string | undefined } }
}

export interface ClusterStatus {
  /** Absent: it answers, or was not asked yet. */
  readonly error?: string | undefined
  /** Absent while it does not answer. */
  readonly connectedAt?: ApiTime | undefined
  readonly arch?: string | undefined
  readonly version?: string | undefined
}

/** A connection that updates of resources need. Made when the config needs it. */
export type Cluster = ApiObject<'Cluster', ClusterSpec, ClusterStatus>
