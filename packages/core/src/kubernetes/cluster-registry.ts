import type { ClusterRegistry, KubernetesManifest, KubernetesRef } from '@tiltts/spec'
import { flatYaml } from './flat-yaml.js'
import { listAt, valueAt } from './tree.js'

/** Where clusters say which registry is theirs, as KEP-1755 has it. */
export const registryHosting: KubernetesRef = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'kube-public',
  name: 'local-registry-hosting',
}

/** The registry that MicroK8s brings along. */
export const microk8sRegistry: KubernetesRef = {
  apiVersion: 'v1',
  kind: 'Service',
  namespace: 'container-registry',
  name: 'registry',
}

/** What the ConfigMap of a cluster says: its registry, or a page that tells how to get one. */
export interface RegistryHosting {
  readonly registry?: ClusterRegistry | undefined
  readonly help?: string | undefined
}

/** Reads {@link registryHosting}. */
export function registryOfHosting(configMap: KubernetesManifest): RegistryHosting {
  const text = valueAt(configMap, ['data', 'localRegistryHosting.v1'])
  if (typeof text !== 'string') return {}
  const fields = flatYaml(text)
  const host = fields.get('host')
  const help = fields.get('help')
  if (host === undefined) return { help }
  // Nodes ask with the name that their container runtime knows; pods would use the name of the cluster's network.
  const fromCluster = fields.get('hostFromContainerRuntime') ?? fields.get('hostFromClusterNetwork')
  return { registry: registry(host, fromCluster, 'local-registry-hosting'), help }
}

/** Reads {@link microk8sRegistry}: it is open on a port of the machine. */
export function registryOfMicrok8s(service: KubernetesManifest): ClusterRegistry | undefined {
  const port = listAt(service, ['spec', 'ports'])
    .map((_, index) => valueAt(service, ['spec', 'ports', index, 'nodePort']))
    .find((one) => typeof one === 'number')
  return port === undefined ? undefined : registry(`localhost:${String(port)}`, undefined, 'microk8s')
}

/** What the annotations of a node say. */
export function registryOfNode(annotations: Readonly<Record<string, string>>): ClusterRegistry | undefined {
  const named = annotations['tilt.dev/registry']
  if (named !== undefined && named !== '')
    return registry(named, annotations['tilt.dev/registry-from-cluster'], 'node-annotation')
  const ofKind = annotations['kind.x-k8s.io/registry']
  return ofKind === undefined || ofKind === '' ? undefined : registry(ofKind, undefined, 'node-annotation')
}

function registry(host: string, fromCluster: string | undefined, source: string): ClusterRegistry {
  const differs = fromCluster !== undefined && fromCluster !== '' && fromCluster !== host
  return { host, ...(differs && { hostFromCluster: fromCluster }), source }
}
