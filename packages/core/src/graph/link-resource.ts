import type { GraphSpec, LocalResourceNode, ResourceEdge, ResourceNode, StepSpec } from '@tiltts/spec'
import { serveHash, updateHash } from './definition-hash.js'
import { completeLink } from './options.js'
import type { LinkedResource } from './types.js'

/** A node with every default filled in. */
export function linkResource(
  node: ResourceNode,
  order: number,
  graph: GraphSpec,
  inputsFrom: readonly string[],
): LinkedResource {
  const links = node.links.flatMap((link) => completeLink(link) ?? [])
  const local = withEnv({ ...node, links }, graph.env)
  return {
    name: node.name,
    spec: {
      type: node.kind,
      order,
      labels: node.labels,
      links,
      dependencies: edgesOf(node),
      inputsFrom,
      triggerMode: node.triggerMode ?? graph.settings.triggerMode ?? 'auto',
      autoInit: node.autoInit,
      readyTimeoutMs: node.readyTimeoutMs,
      local,
      updateHash: updateHash(local),
      serveHash: serveHash(local),
      place: node.place,
    },
  }
}

/** The dependencies, each once. */
function edgesOf(node: ResourceNode): readonly ResourceEdge[] {
  const edges = new Map<string, ResourceEdge>()
  for (const { name, edge } of node.dependencies) edges.set(`${edge} ${name}`, { on: name, edge })
  return [...edges.values()]
}

/** Commands get the environment of the whole config, below their own. */
function withEnv(node: LocalResourceNode, env: Readonly<Record<string, string>>): LocalResourceNode {
  if (Object.keys(env).length === 0) return node
  const add = <T extends StepSpec>(step: T | undefined): T | undefined =>
    step === undefined ? undefined : { ...step, env: { ...env, ...step.env } }
  return { ...node, cmd: add(node.cmd), serve: add(node.serve), onDown: add(node.onDown) }
}
