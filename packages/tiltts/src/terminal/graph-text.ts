import type { GraphEdge, GraphNode, ResourceGraph } from '@tiltts/spec'
import { renderTree, treesOf } from './tree.js'

/** Each resource that nobody needs, with what it needs below; then how many there are of each state. */
export function graphText({ nodes, edges }: ResourceGraph): string {
  const byName = new Map(nodes.map((node) => [node.resource, node]))
  const needs = grouped(edges, ({ from }) => from)
  const needed = new Set(edges.map(({ to }) => to))
  const tops = nodes.filter(({ resource }) => !needed.has(resource)).map(({ resource }) => resource)
  const trees = treesOf(tops, (id) => {
    const node = byName.get(id)
    const on = [...new Set((needs.get(id) ?? []).map(({ to }) => to))]
    return { text: node === undefined ? id : nodeText(node), on }
  })
  return `${renderTree(trees)}${footer(nodes)}`
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}

function nodeText(node: GraphNode): string {
  const blocks = node.blocks.length === 0 ? '' : ` holds up ${node.blocks.length}`
  const message = node.message === undefined || node.message === node.stand ? '' : `  ${node.message}`
  return `${node.resource} (${stateOf(node)})${blocks}${message}`
}

function footer(nodes: readonly GraphNode[]): string {
  const counts = grouped(nodes, stateOf)
  return `\n${[...counts].map(([state, group]) => `${group.length} ${state}`).join(', ') || 'nothing waits'}\n`
}

/** The state of a resource in the words that Tilt's tree has. */
export function stateOf({ stand, updateStatus, runtimeStatus }: GraphNode): string {
  if (stand === 'disabled') return 'disabled'
  if (updateStatus === 'in_progress') return 'building'
  if (updateStatus === 'error') return runtimeStatus === 'error' ? 'error' : 'build error'
  if (runtimeStatus === 'error') return 'runtime error'
  if (updateStatus === 'pending') return runtimeStatus === 'pending' ? 'pending' : 'build pending'
  if (runtimeStatus === 'pending') return 'starting'
  if (stand === 'not-triggered' && updateStatus === 'none') return 'not started'
  return runtimeStatus === 'unknown' ? 'unknown' : 'ok'
}

/** The graph in the language of Mermaid; what waits is drawn thick. */
export function graphMermaid({ nodes, edges }: ResourceGraph): string {
  const ids = new Map(nodes.map(({ resource }, index) => [resource, `n${index}`]))
  const label = (text: string): string => `"${text.replaceAll('"', '#quot;')}"`
  const lines = [
    ...nodes.map((node) => `${ids.get(node.resource)}[${label(`${node.resource} (${stateOf(node)})`)}]`),
    ...known(edges, ids).map(({ from, to, edge, waits }) => `${from} ${waits ? '==>' : '-->'}|${edge}| ${to}`),
  ]
  return `graph TD\n${lines.map((line) => `  ${line}\n`).join('')}`
}

/** The graph in the language of Graphviz; what waits is drawn bold. */
export function graphDot({ nodes, edges }: ResourceGraph): string {
  const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  const ids = new Map(nodes.map(({ resource }) => [resource, quoted(resource)]))
  const lines = [
    ...nodes.map((node) => `${quoted(node.resource)} [label=${quoted(`${node.resource} (${stateOf(node)})`)}];`),
    ...known(edges, ids).map(
      ({ from, to, edge, waits }) => `${from} -> ${to} [label=${quoted(edge)}${waits ? ', style=bold' : ''}];`,
    ),
  ]
  return `digraph tiltts {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`
}

/** Edges between nodes that are drawn, by how these are called there. */
function known(edges: readonly GraphEdge[], ids: ReadonlyMap<string, string>): readonly GraphEdge[] {
  return edges.flatMap((edge) => {
    const from = ids.get(edge.from)
    const to = ids.get(edge.to)
    return from === undefined || to === undefined ? [] : [{ ...edge, from, to }]
  })
}
