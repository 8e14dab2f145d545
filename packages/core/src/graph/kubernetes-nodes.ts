import type { Diagnostic, GraphSpec } from '@tiltts/spec'
import { checkContext } from '../kubernetes/check-context.js'
import type { KubernetesNode } from './declared.js'
import { applyCalls } from './kubernetes-calls.js'
import { groupMembers } from './kubernetes-groups.js'
import { forwardNode, kubernetesNode, uncategorizedNode } from './kubernetes-node.js'
import { manifestMembers } from './manifest-members.js'
import { placesOf } from './places.js'
import type { ResolvedKubernetes } from './types.js'

export interface KubernetesNodes {
  /** Custom deploys, workloads in order of their manifests, gathered objects, forwards. */
  readonly nodes: readonly KubernetesNode[]
  /** What belongs to none of them. */
  readonly rest: KubernetesNode | undefined
  /** Whether all manifests are known, and the names of all workloads. */
  readonly complete: boolean
  readonly diagnostics: readonly Diagnostic[]
}

/** What the config deploys to a cluster, in groups, and what it leads to there. */
export function kubernetesNodes(graph: GraphSpec, resolved: ResolvedKubernetes | undefined): KubernetesNodes {
  const { kubernetes } = graph
  if (kubernetes === undefined) return { nodes: [], rest: undefined, complete: true, diagnostics: [] }
  const documents = kubernetes.manifests.map((_, index) => resolved?.documents[index])
  const members = manifestMembers({ images: graph.images, kubernetes }, documents)
  const named = kubernetes.nameWorkloads && { names: resolved?.names, place: kubernetes.nameWorkloads.place }
  const groups = groupMembers(members.all, kubernetes.customDeploys, named)
  const complete = documents.every((list) => list !== undefined) && groups.isNamed
  const calls = applyCalls(groups, kubernetes.resources, members.all, complete)
  const deployed = groups.all.map(kubernetesNode)
  const rest = groups.free.size === 0 ? undefined : uncategorizedNode([...groups.free])
  const places = [
    ...members.all.map(({ callPlace, place }) => callPlace ?? place),
    ...kubernetes.customDeploys.map(({ place }) => place),
  ]
  const deploys = members.all.length > 0 || kubernetes.customDeploys.length > 0
  return {
    nodes: [...deployed, ...kubernetes.forwards.map(forwardNode)],
    rest,
    complete,
    diagnostics: [
      ...members.diagnostics,
      ...groups.diagnostics,
      ...calls,
      ...(deploys ? checkContext(kubernetes, resolved?.context, placesOf(...places)) : []),
    ],
  }
}
