import type { GraphEdge, GraphNode, Resource, ResourceGraph } from '@tiltts/spec'
import { candidateOf, dependencyOf } from '../schedule/candidate.js'
import { type UnmetEdge, unmetEdges } from '../schedule/edges.js'
import { runtimeStatus } from '../status/runtime-status.js'
import { updateStatus } from '../status/update-status.js'
import { standOf } from './stand-of.js'
import type { WhyView } from './types.js'

/** Who needs whom, and where each stands. */
export function resourceGraph(view: WhyView): ResourceGraph {
  const resources = view.store.list('Resource').toSorted((a, b) => a.spec.order - b.spec.order)
  const byName = new Map(resources.map((resource) => [resource.metadata.name, resource]))
  const edges = resources.flatMap((resource) => edgesOf(resource, byName))
  const waiters = waitersByRoot(edges)
  const nodes = resources.map((resource): GraphNode => {
    const { name } = resource.metadata
    const { stand, message } = standOf(view, resource)
    return {
      ...{ resource: name, type: resource.spec.type, stand },
      updateStatus: updateStatus({ resource }),
      runtimeStatus: runtimeStatus(view.viewOf(resource), view.now),
      ...(stand !== 'ready' && { message }),
      blocks: waiters.get(name) ?? [],
    }
  })
  return { nodes, edges }
}

/** Only the resources that wait for others, and those that these wait for. */
export function blockersOnly({ nodes, edges }: ResourceGraph): ResourceGraph {
  const waiting = edges.filter(({ waits }) => waits)
  const names = new Set(waiting.flatMap(({ from, to }) => [from, to]))
  return { nodes: nodes.filter(({ resource }) => names.has(resource)), edges: waiting }
}

function edgesOf(resource: Resource, byName: ReadonlyMap<string, Resource>): readonly GraphEdge[] {
  const { metadata, spec, status } = resource
  const from = metadata.name
  const { hold } = status
  const held = new Set(hold?.on.map(({ name }) => name))
  const unmet = new Set(unmetOf(resource, byName).map(({ on, edge }) => `${edge} ${on}`))
  return [
    ...spec.dependencies.map(({ on, edge }) => ({ from, to: on, edge, waits: unmet.has(`${edge} ${on}`) })),
    ...(spec.inputsFrom ?? []).map((to) => ({
      ...{ from, to, edge: 'output' as const },
      waits: hold?.reason === 'waiting-for-output' && held.has(to),
    })),
  ]
}

/** The dependencies that hold a resource which wants an update, as the planner sees them. */
function unmetOf(resource: Resource, byName: ReadonlyMap<string, Resource>): readonly UnmetEdge[] {
  const { metadata, spec, status } = resource
  if (status.current !== undefined || status.hold === undefined) return []
  const candidate = candidateOf({ name: metadata.name, spec, status }, [])
  if (candidate === undefined) return []
  return unmetEdges(candidate, (name) => {
    const other = byName.get(name)
    return other && dependencyOf({ name, spec: other.spec, status: other.status })
  })
}

/** For each resource that others wait for and that waits for none: all who wait for it, directly or not. */
function waitersByRoot(edges: readonly GraphEdge[]): ReadonlyMap<string, readonly string[]> {
  const waitersOf = new Map<string, string[]>()
  const waiting = new Set<string>()
  for (const { from, to, waits } of edges) {
    if (!waits) continue
    waiting.add(from)
    const group = waitersOf.get(to)
    if (group === undefined) waitersOf.set(to, [from])
    else if (!group.includes(from)) group.push(from)
  }
  const roots = [...waitersOf.keys()].filter((name) => !waiting.has(name))
  return new Map(roots.map((root) => [root, allWaiters(root, waitersOf)]))
}

function allWaiters(root: string, waitersOf: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const found = new Set([root])
  // Grows while it is gone through.
  for (const name of found) for (const waiter of waitersOf.get(name) ?? []) found.add(waiter)
  found.delete(root)
  return [...found].toSorted()
}
