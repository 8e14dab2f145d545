import type {
  Forward,
  Kind,
  KubernetesApply,
  KubernetesDiscovery,
  OwnApply,
  PortForward,
  WireKubernetesApply,
  WireKubernetesDiscovery,
  WirePortForward,
} from '@tiltts/spec'
import { parseGoDuration } from '../status/go-duration.js'

/** The spec that the engine keeps of one that a client or the config has written as the wire has it. */
export function keptSpec(kind: Kind, spec: object): object {
  switch (kind) {
    case 'KubernetesApply':
      return keptApply(spec as WireKubernetesApply['spec'])
    case 'KubernetesDiscovery':
      return keptDiscovery(spec as WireKubernetesDiscovery['spec'])
    case 'PortForward':
      return keptPortForward(spec as WirePortForward['spec'])
    default:
      return spec
  }
}

export function keptApply(wire: WireKubernetesApply['spec']): KubernetesApply['spec'] {
  const { timeout = '30s', disableSource } = wire
  return {
    objects: [],
    manifestHash: '',
    timeoutMs: parseGoDuration(timeout) ?? 30_000,
    own: ownOf(wire),
    ...(disableSource !== undefined && { disableSource }),
  }
}

function ownOf(wire: WireKubernetesApply['spec']): OwnApply {
  const { yaml, applyCmd, deleteCmd, restartOn, discoveryStrategy = 'default' } = wire
  const selectors = wire.kubernetesDiscoveryTemplateSpec?.extraSelectors ?? []
  return {
    ...(yaml !== undefined && { yaml }),
    ...(applyCmd !== undefined && { applyCmd }),
    ...(deleteCmd !== undefined && { deleteCmd }),
    ...(restartOn !== undefined && { restartOn }),
    extraSelectors: selectors.map(({ matchLabels = {} }) => matchLabels),
    strategy: discoveryStrategy,
    forwards: (wire.portForwardTemplateSpec?.forwards ?? []).map(keptForward),
  }
}

export function keptDiscovery(wire: WireKubernetesDiscovery['spec']): KubernetesDiscovery['spec'] {
  const { extraSelectors = [], disableSource, strategy = 'default' } = wire
  const watches = wire.watches.map(({ namespace = '', ...ref }) => ({ namespace, ...ref }))
  return {
    strategy,
    extraSelectors: extraSelectors.map(({ matchLabels = {} }) => matchLabels),
    podReadiness: 'wait',
    namespaces: [...new Set(watches.map(({ namespace }) => namespace))],
    watches,
    ...(disableSource !== undefined && { disableSource }),
  }
}

export function keptPortForward(wire: WirePortForward['spec']): PortForward['spec'] {
  const { podName, namespace = '', forwards, disableSource } = wire
  return {
    forwards: forwards.map(keptForward),
    pod: { name: podName, namespace },
    ...(disableSource !== undefined && { disableSource }),
  }
}

function keptForward({ path, localPort = 0, host, ...forward }: Forward): PortForward['spec']['forwards'][number] {
  return { ...forward, localPort, host: host || 'localhost', ...(path !== undefined && { linkPath: path }) }
}
