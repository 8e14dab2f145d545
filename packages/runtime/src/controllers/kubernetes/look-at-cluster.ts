import { type ClusterDaemon, dockerDesktopProblem, sharesDockerImages } from '@tiltts/core/kubernetes'
import { type ClusterStatus, isTiltError, type KubernetesConnection, type LogLevel } from '@tiltts/spec'
import type { Docker } from '../../ports/docker.js'
import type { Kubernetes, KubernetesInfo } from '../../ports/kubernetes.js'
import { detectRegistry } from './detect-registry.js'

export interface LookDeps {
  readonly kubernetes: Pick<Kubernetes, 'get'>
  readonly docker: Pick<Docker, 'info'>
  readonly env: Readonly<Record<string, string>>
  /** Whether images of this session are going to run there. */
  readonly runsImages: () => boolean
  /** Whether the config says where to push images. */
  readonly namesRegistry: () => boolean
  /** Writes a line in the log of the session itself. */
  readonly say: (text: string, level: LogLevel) => void
}

/** What is found out about a cluster once a session. */
export type Found = Pick<ClusterStatus, 'registry' | 'sharesDockerImages' | 'configPath'> & {
  /** Why it cannot be used as it is. */
  readonly problem?: string | undefined
}

/** Finds out how images get into a cluster, and says so. */
export async function lookAtCluster(
  deps: LookDeps,
  connection: KubernetesConnection,
  info: KubernetesInfo,
  signal: AbortSignal,
): Promise<Found> {
  const daemon = await daemonOf(deps, connection, info, signal)
  const problem = daemon && dockerDesktopProblem(daemon)
  if (problem !== undefined) return { problem }
  const shares = daemon !== undefined && sharesDockerImages(daemon)
  const { registry, help } = await detectRegistry(deps.kubernetes, connection, info, signal)
  if (registry !== undefined && !shares) {
    const fromCluster = registry.hostFromCluster === undefined ? '' : ` (${registry.hostFromCluster} in the cluster)`
    const instead = deps.namesRegistry() ? '; the one of defaultRegistry does not count here' : ''
    deps.say(`Images go through the registry ${registry.host}${fromCluster} of the cluster${instead}`, 'info')
  } else if (!shares && deps.runsImages() && !deps.namesRegistry()) {
    const hint = help === undefined ? hints[connection.product] : `See ${help}`
    if (hint !== undefined) deps.say(`The cluster names no registry of its own. ${hint}`, 'warn')
  }
  return { registry, sharesDockerImages: shares }
}

const byLoading =
  'Images are loaded into its nodes instead, which takes longer. A local registry makes that fast: https://kind.sigs.k8s.io/docs/user/local-registry/'
const hints: Partial<Record<KubernetesConnection['product'], string>> = {
  kind: byLoading,
  k3d: 'Images are imported into its nodes instead, which takes longer. Create it with a registry: k3d cluster create --registry-create',
}

const onThisMachine: readonly KubernetesConnection['product'][] = [
  'minikube',
  'docker-desktop',
  'rancher-desktop',
  'colima',
  'orbstack',
]

/** Only clusters that may share the images of the local engine have it asked. */
async function daemonOf(
  { docker, env }: LookDeps,
  { product, cluster }: KubernetesConnection,
  { runtime }: KubernetesInfo,
  signal: AbortSignal,
): Promise<ClusterDaemon | undefined> {
  if (!onThisMachine.includes(product)) return undefined
  try {
    const { host, containerdImages } = await docker.info(signal)
    const minikubeDaemon = env['MINIKUBE_ACTIVE_DOCKERD']
    return { product, cluster, runtime, dockerHost: host, containerdImages, minikubeDaemon }
  } catch (error) {
    if (!isTiltError(error) || error.code !== 'docker/unreachable') throw error
    return undefined
  }
}
