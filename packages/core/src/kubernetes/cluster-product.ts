import type { ClusterProduct } from '@tiltts/spec'

export interface ClusterTraits {
  /** The name of the kubeconfig's cluster entry. */
  readonly cluster: string
  /** The file that the context stands in. */
  readonly kubeconfigPath?: string | undefined
  /** The file with the certificate of the cluster's authority. */
  readonly certificateAuthority?: string | undefined
}

const prefixes: readonly (readonly [prefix: string, product: ClusterProduct])[] = [
  ['minikube', 'minikube'],
  ['docker-desktop', 'docker-desktop'],
  ['docker-for-desktop-cluster', 'docker-desktop'],
  ['microk8s', 'microk8s'],
  ['api-crc-testing', 'crc'],
  ['krucible-', 'krucible'],
  ['k3d-', 'k3d'],
  ['kind-', 'kind'],
  ['rancher-desktop', 'rancher-desktop'],
  ['colima', 'colima'],
  ['gke', 'gke'],
  ['arn:aws:eks:', 'eks'],
]

const names: Readonly<Record<string, ClusterProduct>> = { kind: 'kind', orbstack: 'orbstack' }

/**
 * What kind of cluster it is, by the names that its own tool gives it. The address of its server says nothing: a tunnel to
 * production ends on this machine, too.
 */
export function clusterProduct(traits: ClusterTraits): ClusterProduct {
  const { cluster } = traits
  const named = Object.hasOwn(names, cluster) ? names[cluster] : undefined
  const prefixed = prefixes.find(([prefix]) => cluster.startsWith(prefix))?.[1]
  if (named ?? prefixed) return named ?? prefixed ?? 'unknown'
  if (cluster.endsWith('.eksctl.io')) return 'eks'
  const kubeconfig = (traits.kubeconfigPath ?? '').replaceAll('\\', '/')
  const authority = (traits.certificateAuthority ?? '').replaceAll('\\', '/')
  if (kubeconfig.includes('/.config/k3d/')) return 'k3d'
  if (authority.includes('/.minikube/')) return 'minikube'
  if (/(^|\/)kind-config-[^/]*$/.test(kubeconfig)) return 'kind'
  return 'unknown'
}

/** Whether clusters of this kind run on the developer's machine, for development. */
export function isLocalProduct(product: ClusterProduct): boolean {
  return product !== 'unknown' && product !== 'gke' && product !== 'eks'
}
