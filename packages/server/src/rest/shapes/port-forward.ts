import { keptPortForward } from '@tiltts/core/graph'
import { forwardPod } from '@tiltts/core/kubernetes'
import type { Forward, ForwardState, ForwardStatus, KubernetesDiscovery, PortForwardsSpec } from '@tiltts/spec'
import { type Shape, shape } from './shape.js'

type Wanted = PortForwardsSpec['forwards'][number]

export const portForward: Shape = shape<'PortForward', readonly [KubernetesDiscovery['status']['pods'] | undefined]>({
  beside: ({ spec }, store) => [store.get('KubernetesDiscovery', spec.discovery ?? '')?.status.pods],
  spec({ spec, status }, [pods]) {
    const { pod, discovery, target, disableSource, forwards } = spec
    const meant = pod ?? forwardPod(pods ?? [])
    return {
      podName: meant?.name ?? '',
      ...(meant !== undefined && meant.namespace !== '' && { namespace: meant.namespace }),
      forwards: forwards.map((forward, index) => wireForward(forward, status.forwards[index])),
      cluster: 'default',
      ...(discovery !== undefined && { discovery }),
      ...(target !== undefined && { target }),
      ...(disableSource !== undefined && { disableSource }),
    }
  },
  status: ({ status }) => ({ forwardStatuses: status.forwards.map(wireState) }),
  kept(wire, before) {
    const { discovery, target } = before?.spec ?? {}
    const { pod, ...kept } = keptPortForward(wire)
    // What leads to the pods of a resource goes on to do so, whichever pod that is.
    return discovery === undefined ? { ...kept, pod } : { ...kept, discovery, target }
  },
})

export function wireForward({ linkPath, containerPort, ...forward }: Wanted, state: ForwardState | undefined): Forward {
  return {
    ...forward,
    containerPort: containerPort ?? state?.containerPort ?? forward.localPort,
    ...(linkPath !== undefined && { path: linkPath }),
  }
}

function wireState({ host, listeningSince, ...state }: ForwardState): ForwardStatus {
  return { ...state, addresses: [host], ...(listeningSince !== undefined && { startedAt: listeningSince }) }
}
