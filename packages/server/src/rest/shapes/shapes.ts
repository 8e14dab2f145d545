import type { Kind } from '@tiltts/spec'
import { cluster } from './cluster.js'
import { cmd } from './cmd.js'
import { dockerComposeService } from './docker-compose-service.js'
import { fileWatch } from './file-watch.js'
import { kubernetesApply } from './kubernetes-apply.js'
import { kubernetesDiscovery } from './kubernetes-discovery.js'
import { portForward } from './port-forward.js'
import { session } from './session.js'
import type { Shape } from './shape.js'
import { tiltfile } from './tiltfile.js'
import { uiButton } from './ui-button.js'

/**
 * Kinds whose objects clients know in another form than the engine keeps.
 * All others go out as they are.
 */
export const shapes: Partial<Record<Kind, Shape>> = {
  Cluster: cluster,
  Cmd: cmd,
  DockerComposeService: dockerComposeService,
  FileWatch: fileWatch,
  KubernetesApply: kubernetesApply,
  KubernetesDiscovery: kubernetesDiscovery,
  PortForward: portForward,
  Session: session,
  Tiltfile: tiltfile,
  UIButton: uiButton,
}
