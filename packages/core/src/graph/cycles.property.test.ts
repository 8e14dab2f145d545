import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Edges, findCycles, knots } from './cycles.js'

const names = ['a', 'b', 'c', 'd', 'e', 'f']
const graph: fc.Arbitrary<Edges> = fc
  .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 14 })
  .map((pairs) => {
    const targets = (name: string) => pairs.filter(([from, to]) => from === name && to !== name).map(([, to]) => to)
    return new Map(names.map((name) => [name, [...new Set(targets(name))]]))
  })

/** Whether there is a way of at least one step. */
function reaches(edges: Edges, from: string, to: string): boolean {
  const seen = new Set<string>()
  const todo = [...(edges.get(from) ?? [])]
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    todo.push(...(edges.get(name) ?? []))
  }
  return seen.has(to)
}

describe('knots', () => {
  it('are the names that reach each other', () => {
    fc.assert(
      fc.property(graph, (edges) => {
        const groups = knots(edges)
        const groupOf = (name: string) => groups.findIndex((group) => group.includes(name))
        for (const a of names)
          for (const b of names) {
            if (a === b) continue
            const together = groupOf(a) >= 0 && groupOf(a) === groupOf(b)
            expect(together).toBe(reaches(edges, a, b) && reaches(edges, b, a))
          }
      }),
      { numRuns: 500 },
    )
  })
})

describe('findCycles', () => {
  it('gives ways that exist, without repeats, through a name of every knot, and none without one', () => {
    fc.assert(
      fc.property(graph, (edges) => {
        const ways = findCycles(edges)
        for (const way of ways) {
          expect(new Set(way).size).toBe(way.length)
          expect(way.length).toBeGreaterThan(1)
          way.forEach((name, index) => void expect(edges.get(name)).toContain(way[(index + 1) % way.length]))
        }
        const passed = new Set(ways.flat())
        for (const group of knots(edges).slice(0, 5))
          for (const name of group.slice(0, 5)) expect(passed).toContain(name)
        expect(ways.length > 0).toBe(names.some((name) => reaches(edges, name, name)))
      }),
      { numRuns: 500 },
    )
  })
})
