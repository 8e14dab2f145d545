import type { EdgeKind } from '@tiltts/spec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dependency } from './plan.test.support.js'
import { planUpdates } from './plan-updates.js'
import type { Candidate, ClusterState, PlanView, Running } from './types.js'

interface Node {
  readonly exclusive: boolean
  readonly live: boolean
  readonly images: readonly string[]
  readonly autoInit: boolean
  /** Only backwards: the linker lets no circle through. */
  readonly edges: readonly { readonly on: string; readonly edge: EdgeKind }[]
  /** Anywhere, circles included. */
  readonly inputsFrom: readonly string[]
}

interface World {
  readonly nodes: readonly Node[]
  readonly maxParallel: number
}

const nameOf = (index: number): string => `r${index}`
const edgeKind = fc.constantFrom<EdgeKind>('first', 'after', 'ready', 'rerun', 'started', 'completed')
const connected = (): ClusterState => ({ connected: true })

const world: fc.Arbitrary<World> = fc.integer({ min: 1, max: 12 }).chain((count) =>
  fc.record({
    maxParallel: fc.integer({ min: 1, max: 4 }),
    nodes: fc.tuple(
      ...Array.from({ length: count }, (_, index) =>
        fc.record({
          exclusive: fc.boolean(),
          live: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
          images: fc.subarray(['base', 'api', 'web'], { maxLength: 2 }),
          autoInit: fc.boolean(),
          edges:
            index === 0
              ? fc.constant([])
              : fc.array(fc.record({ on: fc.integer({ min: 0, max: index - 1 }).map(nameOf), edge: edgeKind }), {
                  maxLength: 3,
                }),
          inputsFrom: fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }).map(nameOf), { maxLength: 3 }),
        }),
      ),
    ),
  }),
)

/** All want an update: the autoInit ones their first, the others by a trigger. Each update succeeds. */
function simulate({ nodes, maxParallel }: World, pick: (count: number) => number): readonly string[][] {
  const waiting = new Set(nodes.map((_, index) => nameOf(index)))
  const running = new Set<string>()
  const done = new Set<string>()
  const rounds: string[][] = []
  const runningOf = (name: string): Running => {
    const { exclusive, live, images } = node(name)
    return { name, exclusive, live, images, type: 'local' }
  }
  const node = (name: string): Node => {
    const found = nodes[Number(name.slice(1))]
    if (found === undefined) throw new Error(`no ${name}`)
    return found
  }
  const view = (): PlanView => ({
    candidates: [...waiting].map((name) => candidateOf(name, node(name))),
    running: [...running].map(runningOf),
    maxParallel,
    configPending: false,
    cluster: connected,
    dependency: (name) =>
      dependency({
        ready: done.has(name),
        readyOnce: done.has(name),
        succeededOnce: done.has(name),
        startedOnce: done.has(name),
        completedOnce: done.has(name),
        busy: waiting.has(name) || running.has(name),
      }),
  })

  while (waiting.size > 0 || running.size > 0) {
    const present = view()
    const plan = planUpdates(present)
    expect(planUpdates(present)).toEqual(plan)
    for (const name of plan.start) {
      expect(waiting.delete(name)).toBe(true)
      expect(running.has(name)).toBe(false)
      expect(done.has(name)).toBe(false)
      running.add(name)
    }
    expect([...plan.holds.keys()].toSorted()).toEqual([...waiting].toSorted())
    const full = [...running].filter((name) => !node(name).live)
    expect(full.length).toBeLessThanOrEqual(maxParallel)
    expect(full.filter((name) => node(name).exclusive).length).toBeLessThanOrEqual(1)
    const built = full.flatMap((name) => node(name).images)
    expect(built.length, 'an image is built twice at once').toBe(new Set(built).size)
    for (const name of waiting) expect(node(name).live, 'a change to a running container waits').toBe(false)
    rounds.push([...plan.start])
    expect(running.size, 'nothing runs, and nothing starts').toBeGreaterThan(0)
    const ended = [...running][pick(running.size)]
    if (ended !== undefined) {
      running.delete(ended)
      done.add(ended)
    }
  }
  return rounds
}

function candidateOf(name: string, { exclusive, live, images, autoInit, edges, inputsFrom }: Node): Candidate {
  return {
    name,
    order: Number(name.slice(1)),
    type: 'local',
    exclusive,
    live,
    images,
    awaitsContainer: false,
    clusters: live || images.length > 0 ? ['docker'] : [],
    first: true,
    initial: autoInit,
    triggeredAt: autoInit ? undefined : 1,
    edges,
    inputsFrom,
  }
}

test('SCH-01: never exceeds the slots, builds no image twice at once, starts none twice, starves none, and gives one view one plan', () => {
  fc.assert(
    fc.property(world, fc.infiniteStream(fc.nat()), (graph, choices) => {
      const pick = (count: number): number => (choices.next().value ?? 0) % count
      const started = simulate(graph, pick).flat()
      expect(started.toSorted()).toEqual(graph.nodes.map((_, index) => nameOf(index)).toSorted())
    }),
    { numRuns: 300 },
  )
})

test('the order in which candidates are handed over does not matter', () => {
  fc.assert(
    fc.property(world, fc.infiniteStream(fc.nat()), ({ nodes, maxParallel }, choices) => {
      const candidates = nodes.map((node, index) => candidateOf(nameOf(index), node))
      const shuffled = candidates
        .map((candidate) => ({ candidate, key: choices.next().value ?? 0 }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ candidate }) => candidate)
      const plan = (list: readonly Candidate[]) =>
        planUpdates({
          candidates: list,
          running: [],
          maxParallel,
          configPending: false,
          cluster: connected,
          dependency: () => dependency({ busy: true }),
        })
      expect(plan(shuffled).start).toEqual(plan(candidates).start)
      expect(Object.fromEntries(plan(shuffled).holds)).toEqual(Object.fromEntries(plan(candidates).holds))
    }),
  )
})

test('asks about no other resource than the dependencies of candidates', () => {
  const asked = new Set<string>()
  planUpdates({
    candidates: [
      candidateOf('r1', {
        exclusive: false,
        live: false,
        images: [],
        autoInit: true,
        edges: [{ on: 'r0', edge: 'first' }],
        inputsFrom: ['r7'],
      }),
    ],
    cluster: connected,
    running: [],
    maxParallel: 3,
    configPending: false,
    dependency: (name) => {
      asked.add(name)
      return dependency()
    },
  })
  expect([...asked]).toEqual(['r0'])
})
