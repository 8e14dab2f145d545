import { keptDiscovery } from '@tiltts/core/graph'
import type {
  AppliedObject,
  Cluster,
  KubernetesDiscovery,
  KubernetesWatchRef,
  PortForward,
  WireKubernetesDiscovery,
} from '@tiltts/spec'
import { clusterName } from '@tiltts/spec'
import { ApiError } from '../api-error.js'
import { refuseNotTaken } from './not-taken.js'
import { wirePod } from './pod.js'
import { wireForward } from './port-forward.js'
import { type Shape, shape } from './shape.js'

type Beside = readonly [readonly AppliedObject[] | undefined, Cluster | undefined, PortForward['spec'] | undefined]

export const kubernetesDiscovery: Shape = shape<'KubernetesDiscovery', Beside>({
  beside: ({ metadata: { name } }, store) => [
    store.get('KubernetesApply', name)?.status.applied,
    store.get('Cluster', clusterName.kubernetes),
    store.get('PortForward', name)?.spec,
  ],
  spec({ spec }, [applied, , forwards]) {
    const { watches, extraSelectors, ...rest } = spec
    return {
      watches: watches ?? watchesOf(spec, applied ?? []),
      ...(extraSelectors.length > 0 && { extraSelectors: extraSelectors.map((matchLabels) => ({ matchLabels })) }),
      ...(forwards !== undefined && {
        portForwardTemplateSpec: { forwards: forwards.forwards.map((one) => wireForward(one, undefined)) },
      }),
      cluster: 'default',
      ...rest,
    }
  },
  status: (object, [applied, cluster]) => wireStatus(object, applied ?? [], cluster),
  kept(wire, before) {
    if (before !== undefined && before.spec.watches === undefined)
      throw new ApiError(403, 'Forbidden', 'what is deployed is looked for by the session itself')
    refuseNotTaken(wire, {
      portForwardTemplateSpec: 'create a PortForward for the pod',
      podLogStreamTemplateSpec: 'logs are those of what is deployed from here',
    })
    return keptDiscovery(wire)
  },
})

/** What was applied, by uid; of what is led to, and before anything is applied, the namespaces. */
function watchesOf(
  { namespaces }: KubernetesDiscovery['spec'],
  applied: readonly AppliedObject[],
): readonly KubernetesWatchRef[] {
  if (applied.length > 0) return applied.map(({ uid, namespace, name }) => ({ uid, namespace, name }))
  return namespaces.map((namespace) => ({ namespace }))
}

function wireStatus(
  { metadata, spec, status }: KubernetesDiscovery,
  applied: readonly AppliedObject[],
  cluster: Cluster | undefined,
): WireKubernetesDiscovery['status'] {
  const { known, pods, objects, urls, forbidden } = status
  const since = metadata.creationTimestamp
  const uids = new Set([...applied, ...(spec.watches ?? [])].map(({ uid }) => uid).filter((uid) => uid !== undefined))
  const waits = cluster?.status.error === undefined ? 'ClusterConnecting' : 'ClusterError'
  return {
    monitorStartTime: since,
    ...(known ? { running: { startTime: since } } : { waiting: { reason: waits } }),
    pods: pods.map((pod) => wirePod(pod, uids)),
    known,
    objects,
    urls,
    forbidden,
  }
}
