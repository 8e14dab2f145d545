/** Who waits for whom: from each name to the names it waits for. */
export type Edges = ReadonlyMap<string, readonly string[]>

/** How many cycles of one knot are worth showing at once. */
const shownOfGroup = 5

/**
 * Names that wait for each other, as the shortest ways round: `[a, b]` is `a → b → a`. Each way begins with the name
 * that comes first in the map; together they pass through the names of every knot, at most five a knot.
 */
export function findCycles(edges: Edges): readonly (readonly string[])[] {
  return knots(edges).flatMap((group) => {
    const inside = new Set(group)
    const covered = new Set<string>()
    const ways: (readonly string[])[] = []
    for (const name of group) {
      if (covered.has(name) || ways.length === shownOfGroup) continue
      const way = shortestWayRound(name, edges, inside)
      for (const passed of way) covered.add(passed)
      ways.push(way)
    }
    return ways
  })
}

/** The groups of two or more names in which each can be reached from each, in the order of the map. */
export function knots(edges: Edges): readonly (readonly string[])[] {
  const position = new Map([...edges.keys()].map((name, index) => [name, index]))
  return stronglyConnected(edges)
    .filter((group) => group.length > 1)
    .map((group) => group.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0)))
    .sort((a, b) => (position.get(a[0] ?? '') ?? 0) - (position.get(b[0] ?? '') ?? 0))
}

interface Visit {
  readonly name: string
  readonly targets: readonly string[]
  next: number
}

/** Tarjan's algorithm, with a stack of its own: graphs may be deeper than the call stack. */
function stronglyConnected(edges: Edges): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const open: string[] = []
  const isOpen = new Set<string>()
  const groups: string[][] = []
  const lower = (name: string, to: number): void => void low.set(name, Math.min(low.get(name) ?? to, to))

  const enter = (name: string): Visit => {
    index.set(name, index.size)
    lower(name, index.size - 1)
    open.push(name)
    isOpen.add(name)
    return { name, targets: edges.get(name) ?? [], next: 0 }
  }
  const leave = (name: string): void => {
    if (low.get(name) !== index.get(name)) return
    const group = open.splice(open.lastIndexOf(name))
    for (const member of group) isOpen.delete(member)
    groups.push(group)
  }

  for (const start of edges.keys()) {
    if (index.has(start)) continue
    const visits = [enter(start)]
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const target = visit.targets[visit.next++]
      if (target === undefined) {
        visits.pop()
        leave(visit.name)
        const above = visits.at(-1)
        if (above !== undefined) lower(above.name, low.get(visit.name) ?? 0)
      } else if (!index.has(target)) visits.push(enter(target))
      else if (isOpen.has(target)) lower(visit.name, index.get(target) ?? 0)
    }
  }
  return groups
}

function shortestWayRound(start: string, edges: Edges, inside: ReadonlySet<string>): readonly string[] {
  const from = new Map<string, string>()
  const queue = [start]
  for (const name of queue) {
    for (const target of edges.get(name) ?? []) {
      if (target === start) return wayTo(name, start, from)
      if (!inside.has(target) || from.has(target)) continue
      from.set(target, name)
      queue.push(target)
    }
  }
  return [start]
}

function wayTo(end: string, start: string, from: ReadonlyMap<string, string>): readonly string[] {
  const way: string[] = []
  for (let name: string | undefined = end; name !== undefined && name !== start; name = from.get(name)) way.push(name)
  return [start, ...way.reverse()]
}
