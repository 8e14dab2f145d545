import type { Kind, ObjectByKind } from '../kinds/registry.js'
import type { WireCluster } from './cluster.js'
import type { WireCmd } from './cmd.js'
import type { WireDockerComposeService } from './docker-compose-service.js'
import type { WireFileWatch } from './file-watch.js'
import type { WireKubernetesApply } from './kubernetes-apply.js'
import type { WireKubernetesDiscovery } from './kubernetes-discovery.js'
import type { WirePortForward } from './port-forward.js'
import type { WireSession } from './session.js'
import type { WireTiltfile } from './tiltfile.js'

/** Kinds whose objects clients know in another form than the engine keeps them in. */
export interface WireForms {
  Cluster: WireCluster
  Cmd: WireCmd
  DockerComposeService: WireDockerComposeService
  FileWatch: WireFileWatch
  KubernetesApply: WireKubernetesApply
  KubernetesDiscovery: WireKubernetesDiscovery
  PortForward: WirePortForward
  Session: WireSession
  Tiltfile: WireTiltfile
}

/** An object of a kind as clients read and write it. */
export type WireOf<K extends Kind> = K extends keyof WireForms ? WireForms[K] : ObjectByKind[K]
