import { podSpan } from '@tiltts/core/status'
import { annotation, type ContainerLogStreamStatus, type PodContainer } from '@tiltts/spec'
import { clientName } from '../shapes/client-name.js'
import { type Projection, projection } from './projection.js'

/** Of each pod of a resource. */
export const podLogStream: Projection = projection<'KubernetesDiscovery', 'PodLogStream'>({
  from: 'KubernetesDiscovery',
  of: ({ metadata, status }) =>
    status.pods.map((pod) => ({
      name: clientName(`${metadata.name}-${pod.namespace}-${pod.name}`),
      part: pod.uid,
      annotations: { [annotation.logSpan]: podSpan(metadata.name, pod.name) },
      spec: { pod: pod.name, namespace: pod.namespace, cluster: 'default' },
      status: { containerStatuses: pod.containers.map(containerStatus) },
    })),
})

function containerStatus({ name, state }: PodContainer): ContainerLogStreamStatus {
  return { name, active: state === 'running', terminated: state === 'terminated' }
}
