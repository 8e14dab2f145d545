import type { WaitNode } from '@tiltts/spec'

/** A node, before it was looked at what of it leads round in circles. */
export type FoundNode = WaitNode

/**
 * All that a node leads to, itself first, each once, nearer ones before farther ones. What leads back to where it comes
 * from is left out, and a node that nothing else is left of says that it waits in a circle: following `on` always comes
 * to an end, at a node that waits for nothing.
 *
 * @param look - what a node is; asked once for each id
 */
export function waitGraph(start: string, look: (id: string) => FoundNode): readonly WaitNode[] {
  const found = new Map<string, FoundNode>()
  const nodeOf = (id: string): FoundNode => {
    const node = found.get(id) ?? look(id)
    found.set(id, node)
    return node
  }
  const kept = withoutCircles(start, nodeOf)
  const order = [start]
  const seen = new Set(order)
  // Grows while it is gone through.
  for (const id of order) {
    for (const next of kept.get(id) ?? []) {
      if (seen.has(next)) continue
      seen.add(next)
      order.push(next)
    }
  }
  return order.map((id) => {
    const node = nodeOf(id)
    const on = kept.get(id) ?? []
    if (on.length > 0 || node.on.length === 0) return { ...node, on }
    const message = `${node.message} (which waits for it, too)`
    return { ...node, on, reason: 'circle', message }
  })
}

interface Step {
  readonly id: string
  readonly rest: string[]
}

/** What each node leads to, but for the ways that come back. A stack of its own: chains may be long. */
function withoutCircles(start: string, nodeOf: (id: string) => FoundNode): ReadonlyMap<string, readonly string[]> {
  const kept = new Map<string, string[]>([[start, []]])
  const path = new Set([start])
  const stack: Step[] = [{ id: start, rest: [...new Set(nodeOf(start).on)] }]
  for (let step = stack.at(-1); step !== undefined; step = stack.at(-1)) {
    const next = step.rest.shift()
    if (next === undefined) {
      path.delete(step.id)
      stack.pop()
      continue
    }
    if (path.has(next)) continue
    kept.get(step.id)?.push(next)
    if (kept.has(next)) continue
    kept.set(next, [])
    path.add(next)
    stack.push({ id: next, rest: [...new Set(nodeOf(next).on)] })
  }
  return kept
}
