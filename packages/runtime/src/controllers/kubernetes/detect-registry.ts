import {
  microk8sRegistry,
  type RegistryHosting,
  registryHosting,
  registryOfHosting,
  registryOfMicrok8s,
  registryOfNode,
} from '@tiltts/core/kubernetes'
import { isTiltError, type KubernetesConnection, type KubernetesManifest, type KubernetesRef } from '@tiltts/spec'
import type { Kubernetes, KubernetesInfo } from '../../ports/kubernetes.js'

/** Finds the registry of a cluster where clusters tell of it; the first that does wins. */
export async function detectRegistry(
  kubernetes: Pick<Kubernetes, 'get'>,
  { product }: KubernetesConnection,
  info: KubernetesInfo,
  signal: AbortSignal,
): Promise<RegistryHosting> {
  const configMap = await readable(kubernetes, registryHosting, signal)
  const hosting = configMap === undefined ? {} : registryOfHosting(configMap)
  if (hosting.registry !== undefined) return hosting
  if (product === 'microk8s' && info.runtime !== 'docker') {
    const service = await readable(kubernetes, microk8sRegistry, signal)
    const registry = service && registryOfMicrok8s(service)
    if (registry !== undefined) return { registry }
  }
  return { ...hosting, registry: registryOfNode(info.nodeAnnotations) }
}

/** What may not be read is not there. */
async function readable(
  kubernetes: Pick<Kubernetes, 'get'>,
  ref: KubernetesRef,
  signal: AbortSignal,
): Promise<KubernetesManifest | undefined> {
  try {
    return await kubernetes.get(ref, signal)
  } catch (error) {
    if (isTiltError(error) && error.code === 'kubernetes/forbidden') return undefined
    throw error
  }
}
