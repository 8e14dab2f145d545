import {
  type Candidate,
  type ClusterState,
  type DependencyState,
  planUpdates,
  type Running,
} from '@tiltts/core/schedule'
import type { ClusterName } from '@tiltts/spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { candidateQueue } from './candidate-queue.js'

const ready: DependencyState = {
  enabled: true,
  ready: true,
  readyOnce: true,
  succeededOnce: true,
  startedOnce: true,
  completedOnce: true,
  busy: false,
  idle: false,
  failed: false,
}
const dependency = (name: string): DependencyState => ({ ...ready, readyOnce: name === 'met' })

const cluster = (): ClusterState => ({ connected: true })

const candidate = (index: number): fc.Arbitrary<Candidate> =>
  fc.record({
    name: fc.constant(`r${index}`),
    order: fc.constant(index),
    type: fc.constant('local' as const),
    exclusive: fc.boolean(),
    images: fc.subarray(['base', 'api', 'web'], { maxLength: 1 }),
    live: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    awaitsContainer: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    clusters: fc.subarray<ClusterName>(['docker', 'default']),
    first: fc.boolean(),
    initial: fc.boolean(),
    triggeredAt: fc.option(fc.nat(100), { nil: undefined }),
    pendingSince: fc.option(fc.nat(100), { nil: undefined }),
    edges: fc.constantFrom([], [], [{ on: 'met', edge: 'first' as const }], [{ on: 'unmet', edge: 'first' as const }]),
    inputsFrom: fc.constantFrom([], [], []),
    paused: fc.constantFrom(undefined, undefined, { file: '/x' }),
  })

describe('a queue of candidates', () => {
  it('starts what a plan of all of them would start, whatever part of them it looks at', () => {
    const size = fc.integer({ min: 1, max: 600 })
    const queueOf = (n: number) => fc.tuple(...Array.from({ length: n }, (_, index) => candidate(index)))
    fc.assert(
      fc.property(
        size.chain(queueOf),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.record({ end: fc.nat(5), edit: fc.nat(), connected: fc.boolean() }), { maxLength: 15 }),
        (all, maxParallel, steps) => {
          const queue = candidateQueue()
          const waiting = new Map<string, Candidate>()
          let running: Running[] = []
          for (const one of all) {
            queue.set(one.name, one)
            waiting.set(one.name, one)
          }
          for (const { end, edit, connected } of steps) {
            // A file is edited of something that waits far behind in the queue.
            const edited = waiting.get([...waiting.keys()][edit % Math.max(1, waiting.size)] ?? '')
            if (edited !== undefined) {
              const changed = { ...edited, live: edit % 8 !== 0 }
              waiting.set(edited.name, changed)
              queue.set(edited.name, changed)
            }
            const view = { running, maxParallel, configPending: false, dependency, cluster: () => ({ connected }) }
            const { start } = queue.plan(view, { all: false })
            expect(start).toEqual(planUpdates({ ...view, candidates: [...waiting.values()] }).start)
            for (const name of start) {
              const { exclusive = false, images = [], live = false } = waiting.get(name) ?? {}
              running.push({ name, type: 'local', exclusive, images, live })
              waiting.delete(name)
              queue.set(name, undefined)
            }
            running = running.toSpliced(end % Math.max(1, running.length), 1)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('looks at the front alone when the slots are few and the queue is long', () => {
    const queue = candidateQueue()
    const plain = {
      type: 'local',
      exclusive: false,
      images: [],
      live: false,
      awaitsContainer: false,
      clusters: [],
      first: true,
      initial: true,
      edges: [],
      inputsFrom: [],
    } as const
    for (let order = 0; order < 1000; order++) queue.set(`r${order}`, { ...plain, name: `r${order}`, order })
    const view = { running: [], maxParallel: 4, configPending: false, dependency, cluster }
    const first = queue.plan(view, { all: false })
    expect([first.start.length, first.holds.size, first.partial]).toEqual([4, 996, false])
    for (const name of first.start) queue.set(name, undefined)
    const running: Running[] = ['r1', 'r2', 'r3'].map((name) => ({
      name,
      type: 'local',
      exclusive: false,
      images: [],
      live: false,
    }))
    const next = queue.plan({ ...view, running }, { all: false })
    expect([next.start, next.partial]).toEqual([['r4'], true])
    expect(next.holds.size).toBeLessThan(100)
  })
})
