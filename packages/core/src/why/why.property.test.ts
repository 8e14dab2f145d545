import type { EdgeKind, Resource, ResourceStatus, Stand, WaitNode } from '@tiltts/spec'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { candidateOf, dependencyOf, schedulable } from '../schedule/candidate.js'
import { planUpdates } from '../schedule/plan-updates.js'
import { updateStarted } from '../schedule/resource-transitions.js'
import { at, resource, second } from '../status/row.test.support.js'
import { createStore } from '../store/create-store.js'
import { standOf } from './stand-of.js'
import type { WhyView } from './types.js'
import { waitGraph } from './wait-graph.js'
import { whyOf } from './why.js'

const nameOf = (index: number): string => `r${index}`
const edgeKind = fc.constantFrom<EdgeKind>('first', 'after', 'ready', 'rerun', 'started', 'completed')

/** Any graph that the linker lets through, its resources anywhere in their lives. */
const world: fc.Arbitrary<readonly Resource[]> = fc.integer({ min: 1, max: 14 }).chain((count) =>
  fc.tuple(
    ...Array.from({ length: count }, (_, index) => {
      const earlier = fc.array(fc.integer({ min: 0, max: Math.max(0, index - 1) }).map(nameOf), {
        maxLength: index === 0 ? 0 : 3,
      })
      return fc
        .record({
          edges: earlier.chain((names) => fc.tuple(...names.map((on) => edgeKind.map((edge) => ({ on, edge }))))),
          inputsFrom: earlier,
          allowParallel: fc.boolean(),
          autoInit: fc.boolean(),
          triggerMode: fc.constantFrom('auto', 'manual'),
          enabled: fc.constantFrom<ResourceStatus['enabled']>('enabled', 'enabled', 'enabled', 'disabled'),
          started: fc.boolean(),
          last: fc.constantFrom('succeeded', 'failed', undefined),
          ready: fc.boolean(),
          runs: fc.boolean(),
          triggered: fc.boolean(),
          pending: fc.boolean(),
          paused: fc.boolean(),
        })
        .map((r) =>
          resource(nameOf(index), {
            spec: {
              order: index,
              dependencies: r.edges,
              inputsFrom: r.inputsFrom,
              triggerMode: r.triggerMode,
              autoInit: r.autoInit,
            },
            local: { allowParallel: r.allowParallel },
            status:
              r.enabled === 'disabled'
                ? { enabled: 'disabled' }
                : {
                    started: r.started || r.runs,
                    last: r.last,
                    ready: r.ready,
                    readyOnce: r.ready,
                    succeededOnce: r.last === 'succeeded',
                    current: r.runs ? `${nameOf(index)}-1` : undefined,
                    triggered: r.triggered ? { update: `${nameOf(index)}-2`, at: at(index) } : undefined,
                    pending: r.pending ? [{ reason: 'files', files: ['/app/a.ts'] }] : [],
                    paused: r.paused ? { file: '/app/out.js', since: at(0) } : undefined,
                  },
          }),
        )
    }),
  ),
)

/** A session in which the plan of the moment was carried out, and holds were told. */
function sessionOf(resources: readonly Resource[], maxParallel: number, configPending: boolean): WhyView {
  const byName = new Map(resources.map((one) => [one.metadata.name, one]))
  const plan = planUpdates({
    candidates: resources.flatMap((one) => candidateOf(schedulable(one), one.spec.inputsFrom ?? []) ?? []),
    running: resources
      .filter(({ status }) => status.current !== undefined)
      .map(({ metadata, spec }) => ({
        name: metadata.name,
        exclusive: spec.local?.allowParallel === false,
        type: spec.type,
        images: [],
        live: false,
      })),
    maxParallel,
    configPending,
    dependency: (name) => {
      const found = byName.get(name)
      return found && dependencyOf(schedulable(found))
    },
    cluster: () => ({ connected: true }),
  })
  const store = createStore({ now: () => second(0), uid: () => 'uid' })
  store.update({ by: 'test' }, (tx) => {
    for (const { metadata, spec, status } of resources) {
      const { name } = metadata
      const begun = plan.start.includes(name) ? updateStarted(status, `${name}-3`) : status
      tx.put('Resource', name, spec, { ...begun, hold: plan.holds.get(name) })
    }
  })
  return { store, viewOf: (one) => ({ resource: one, updates: [] }), now: second(60) }
}

/** Follows every way to its end. Throws when one comes back to where it was. */
function rootsBelow(nodes: readonly WaitNode[]): readonly WaitNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const done = new Set<string>()
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) throw new Error(`round in circles: ${[...path, id].join(' → ')}`)
    if (done.has(id)) return
    const node = byId.get(id)
    if (node === undefined) throw new Error(`${id} is not among the answers`)
    for (const next of node.on) visit(next, [...path, id])
    done.add(id)
  }
  for (const { id } of nodes) visit(id, [])
  return nodes.filter(({ on }) => on.length === 0)
}

describe('what a resource waits for', () => {
  test('ends, for any graph and wherever its resources stand, at roots that are not held themselves', () => {
    let held = 0
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 3 }), fc.boolean(), (resources, maxParallel, configPending) => {
        const view = sessionOf(resources, maxParallel, configPending)
        const stand = (name: string): Stand | undefined => {
          const found = view.store.get('Resource', name)
          return found && standOf(view, found).stand
        }
        for (const { metadata } of resources) {
          const { name } = metadata
          if (stand(name) !== 'waiting') continue
          held++
          const waits = whyOf(view, name)?.waits ?? []
          expect(waits[0]).toMatchObject({ kind: 'UIResource', name })
          expect(waits.length).toBeLessThanOrEqual(2 * resources.length + 1)
          expect(new Set(waits.map(({ id }) => id)).size).toBe(waits.length)
          const roots = rootsBelow(waits)
          expect(roots.length).toBeGreaterThan(0)
          for (const root of roots) {
            expect(root.reason).not.toBe('circle')
            if (root.kind === 'UIResource') expect([root.name, stand(root.name)]).not.toEqual([root.name, 'waiting'])
          }
        }
      }),
      { numRuns: 300 },
    )
    expect(held).toBeGreaterThan(100)
  })

  test('comes to an end also where everything waits for everything', () => {
    const hostile = fc.integer({ min: 1, max: 20 }).chain((count) =>
      fc.array(fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 4 }), {
        minLength: count,
        maxLength: count,
      }),
    )
    fc.assert(
      fc.property(hostile, (edges) => {
        const nodes = waitGraph('0', (id) => ({
          ...{ id, kind: 'UIResource', name: id, reason: 'waiting-for-dep', message: '' },
          on: (edges[Number(id)] ?? []).map(String),
        }))
        expect(nodes.length).toBeLessThanOrEqual(edges.length)
        expect(rootsBelow(nodes).length).toBeGreaterThan(0)
        for (const { id, reason, on } of nodes)
          if (reason === 'circle') expect([on, edges[Number(id)]?.length]).toEqual([[], expect.any(Number)])
      }),
    )
  })

  test('a chain of 20,000 takes no more than its length', () => {
    const count = 20_000
    const nodes = waitGraph('0', (id) => ({
      ...{ id, kind: 'UIResource', name: id, reason: 'waiting-for-dep', message: '' },
      on: Number(id) + 1 < count ? [String(Number(id) + 1)] : [],
    }))
    expect(nodes).toHaveLength(count)
    expect(nodes.at(-1)?.on).toEqual([])
  })
})
