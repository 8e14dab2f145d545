import type { Kubernetes } from '@tiltts/runtime/ports'
import { assembleKubernetes, type KubernetesOptions } from './assemble-kubernetes.js'
import { createPodStreams } from './streams/create-pod-streams.js'
import type { PodTerminals } from './streams/terminal/pod-terminal.js'

/** The cluster of the user's kubeconfig. */
export function createKubernetes(options: KubernetesOptions): Kubernetes & PodTerminals {
  return assembleKubernetes(options, createPodStreams)
}
