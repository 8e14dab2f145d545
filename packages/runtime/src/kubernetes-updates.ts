import type { KubernetesUpdateDeps } from './controllers/update/kubernetes-update.js'
import { imagePushes } from './executors/kubernetes/push-image.js'
import type { Ports } from './ports/ports.js'

/** All that resources of the cluster are deployed by, wired. */
export function kubernetesUpdates(
  parts: Omit<KubernetesUpdateDeps, 'pushes'> & Pick<Ports, 'docker' | 'records' | 'processes'>,
): KubernetesUpdateDeps {
  return { ...parts, pushes: imagePushes(parts) }
}
