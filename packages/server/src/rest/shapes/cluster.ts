import {
  type ClusterRegistry,
  type RegistryHosting,
  type Tiltfile,
  type WireClusterConnection,
  type WireClusterStatus,
  wellKnown,
} from '@tiltts/spec'
import { type Shape, shape } from './shape.js'

type Registry = NonNullable<Tiltfile['status']['live']>['registry']

export const cluster: Shape = shape<'Cluster', readonly [Registry]>({
  beside: (_object, store) => [store.get('Tiltfile', wellKnown.tiltfile)?.status.live?.registry],
  spec({ spec: { connection } }, [registry]) {
    const { kubernetes, docker } = connection
    const wire: WireClusterConnection =
      kubernetes === undefined
        ? { docker: docker ?? {} }
        : { kubernetes: { context: kubernetes.context, namespace: kubernetes.namespace } }
    const pushed = kubernetes !== undefined && registry !== undefined
    return { connection: wire, ...(pushed && { defaultRegistry: configured(registry) }) }
  },
  status({ spec: { connection }, status }) {
    const { registry, configPath, ...rest } = status
    const { kubernetes } = connection
    const told: Pick<WireClusterStatus, 'connection'> =
      kubernetes === undefined
        ? {}
        : { connection: { kubernetes: { ...kubernetes, ...(configPath !== undefined && { configPath }) } } }
    return { ...rest, ...(registry !== undefined && { registry: found(registry) }), ...told }
  },
})

function configured({ host, hostFromCluster, singleName }: NonNullable<Registry>): RegistryHosting {
  return {
    host,
    ...(hostFromCluster !== undefined && { hostFromContainerRuntime: hostFromCluster }),
    ...(singleName !== undefined && { singleName }),
  }
}

function found({ host, hostFromCluster, source }: ClusterRegistry): RegistryHosting {
  return {
    host,
    ...(hostFromCluster !== undefined && { hostFromContainerRuntime: hostFromCluster }),
    help: `found by ${source}`,
  }
}
