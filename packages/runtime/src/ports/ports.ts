import type { LogArchive } from '@tiltts/core/logs'
import type { Clock } from './clock.js'
import type { Compose } from './compose.js'
import type { ConfigHost } from './config-host.js'
import type { ContainerHelper } from './container-helper.js'
import type { Docker } from './docker.js'
import type { Files } from './files.js'
import type { Kubernetes } from './kubernetes.js'
import type { Listeners } from './listeners.js'
import type { Manifests } from './manifests.js'
import type { Network } from './network.js'
import type { Processes } from './processes.js'
import type { Records } from './records.js'

/** Everything by which the engine touches the world. */
export interface Ports {
  readonly clock: Clock
  readonly processes: Processes
  readonly files: Files
  readonly network: Network
  readonly records: Records
  readonly configHost: ConfigHost
  readonly docker: Docker
  readonly compose: Compose
  readonly kubernetes: Kubernetes
  readonly manifests: Manifests
  readonly listeners: Listeners
  readonly helper: ContainerHelper
  readonly logArchive: LogArchive
  readonly uid: () => string
}
