import type { ForwardNode, KubernetesResourceNode } from '@tiltts/spec'
import { applyRank } from '../kubernetes/apply-order.js'
import type { KubernetesNode } from './declared.js'
import type { Group } from './kubernetes-groups.js'
import type { Member } from './manifest-members.js'

/** A group with all that is said of it as one node: lists join, of anything else the last call wins. */
export function kubernetesNode({ name, from, members, formerNames, calls, custom, place }: Group): KubernetesNode {
  const last = <K extends keyof KubernetesResourceNode>(key: K): KubernetesResourceNode[K] | undefined =>
    calls.findLast((call) => call[key] !== undefined)?.[key]
  return {
    kind: 'k8s',
    from,
    name,
    formerNames,
    place: calls.at(-1)?.place ?? place,
    labels: [...new Set([...(custom?.labels ?? []), ...calls.flatMap((call) => call.labels)])],
    links: [...(custom?.links ?? []), ...calls.flatMap((call) => call.links)],
    dependencies: [...(custom?.dependencies ?? []), ...calls.flatMap((call) => call.dependencies)],
    triggerMode: last('triggerMode') ?? custom?.triggerMode,
    autoInit: last('autoInit') ?? custom?.autoInit ?? true,
    readyTimeoutMs: last('readyTimeoutMs') ?? custom?.readyTimeoutMs,
    onDown: last('onDown') ?? custom?.onDown,
    members: inApplyOrder(members),
    custom: custom?.deploy,
    target: undefined,
    image: last('image'),
    portForwards: calls.flatMap((call) => call.portForwards),
    extraPodSelectors: calls.flatMap((call) => call.extraPodSelectors),
    podReadiness: last('podReadiness'),
    discoveryStrategy: last('discoveryStrategy') ?? 'default',
    readyWhen: last('readyWhen'),
  }
}

/** What belongs to nothing else is applied by itself, and nobody waits for pods of it. */
export function uncategorizedNode(free: readonly Member[]): KubernetesNode {
  const [first] = free
  const node = kubernetesNode({
    name: uncategorized,
    from: 'rest',
    members: [...free],
    formerNames: [],
    calls: [],
    place: first?.place ?? first?.callPlace,
  })
  return { ...node, triggerMode: 'auto', podReadiness: 'ignore' }
}

/** The resource of all objects that belong to no other. */
export const uncategorized = 'uncategorized'

export function forwardNode({ kind: _kind, target, portForwards, ...base }: ForwardNode): KubernetesNode {
  return {
    ...base,
    kind: 'k8s',
    from: 'forward',
    formerNames: [],
    members: [],
    custom: undefined,
    target,
    image: undefined,
    portForwards,
    extraPodSelectors: [],
    podReadiness: undefined,
    discoveryStrategy: 'default',
    readyWhen: undefined,
  }
}

function inApplyOrder(members: readonly Member[]): readonly Member[] {
  return members.toSorted((a, b) => applyRank(a.object) - applyRank(b.object))
}
