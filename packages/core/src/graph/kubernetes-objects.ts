import type {
  ClusterSpec,
  KubernetesApplySpec,
  KubernetesApplyStatus,
  KubernetesDeploy,
  KubernetesDiscoverySpec,
  PortForwardsSpec,
} from '@tiltts/spec'
import { refOf } from '../kubernetes/objects.js'
import { disableSource } from './cmd-specs.js'
import { manifestHash } from './link-kubernetes.js'
import type { LinkContext } from './types.js'

/** The cluster of the session. Without a context nothing can be reached, which the connection says. */
export function clusterSpec(context: LinkContext | undefined): ClusterSpec {
  const { name = '', namespace = 'default', cluster = '', product = 'unknown' } = context ?? {}
  return { connection: { kubernetes: { context: name, namespace, cluster, product } } }
}

export const initialApplyStatus: KubernetesApplyStatus = { applied: [], appliedOnce: false }

/** What a resource deploys; a forward deploys nothing. */
export function applySpec(name: string, deploy: KubernetesDeploy): KubernetesApplySpec | undefined {
  if (deploy.target !== undefined) return undefined
  return {
    objects: deploy.objects.map(refOf),
    manifestHash: manifestHash(deploy),
    timeoutMs: deploy.timeoutMs,
    disableSource: disableSource(name),
  }
}

export function discoverySpec(name: string, deploy: KubernetesDeploy): KubernetesDiscoverySpec {
  const { objects, target, discoveryStrategy, extraPodSelectors, podReadiness } = deploy
  const own = target === undefined ? objects.map(({ metadata }) => metadata.namespace ?? '') : [target.namespace ?? '']
  return {
    strategy: discoveryStrategy,
    extraSelectors: extraPodSelectors,
    podReadiness,
    namespaces: own.length === 0 ? [''] : [...new Set(own)],
    target,
    disableSource: disableSource(name),
  }
}

/** @param host that forwards listen on which name none */
export function forwardsSpec(name: string, deploy: KubernetesDeploy, host: string): PortForwardsSpec | undefined {
  const { portForwards, target } = deploy
  if (portForwards.length === 0) return undefined
  const forwards = portForwards.map((forward) => ({ ...forward, host: forward.host ?? host }))
  return { forwards, discovery: name, target, disableSource: disableSource(name) }
}
