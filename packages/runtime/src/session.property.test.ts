import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SimulateOptions } from './testing/simulate.js'
import { type JobSimulation, simulateJobs } from './testing/simulate-jobs.js'

const names = ['a', 'b', 'c', 'd'] as const
type Name = (typeof names)[number]

type Step =
  | { readonly do: 'edit' | 'trigger' | 'stop' | 'enable' | 'disable'; readonly name: Name }
  | { readonly do: 'end'; readonly name: Name; readonly exitCode: 0 | 1 }
  | { readonly do: 'reload'; readonly version: number }
  | { readonly do: 'fail' }
  | { readonly do: 'wait'; readonly ms: number }

const name = fc.constantFrom(...names)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('edit', 'trigger'), name }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('end'), name, exitCode: fc.constantFrom(0, 0, 0, 1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('stop', 'enable', 'disable'), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reload'), version: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'fail' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.integer({ min: 1, max: 3000 }) }) },
) as fc.Arbitrary<Step>

/** Four resources that hang together; versions differ in definitions, and in whether `d` is there. */
const config =
  (version: number): SimulateOptions['config'] =>
  (c) => {
    c.settings({ maxParallelUpdates: version === 2 ? 1 : 2 })
    c.local('a', { cmd: `job a ${version % 2}`, serveCmd: 'serve a', deps: ['a'] })
    c.local('b', { cmd: 'job b', deps: ['b'], needs: ['a'], allowParallel: true })
    c.local('c', { serveCmd: `slow c ${version}`, deps: ['c'], needs: ['rerun:a'] })
    if (version !== 3) c.local('d', { cmd: 'job d', serveCmd: 'serve d', deps: ['d'], triggerMode: 'manual' })
  }

async function take({ sim, jobs, end }: JobSimulation, action: Step): Promise<void> {
  const exists = 'name' in action && sim.store.get('Resource', action.name) !== undefined
  if (action.do === 'end') {
    const job = jobs.running().find((running) => running.startsWith(action.name))
    if (job !== undefined) await end(job, action.exitCode)
  } else if (action.do === 'reload') await sim.reload(config(action.version))
  else if (action.do === 'fail') await sim.reload((c) => c.fail('no'))
  else if (action.do === 'wait') await sim.advance(action.ms)
  else if (!exists) return
  else if (action.do === 'edit') await sim.edit({ [`${action.name}/x`]: String(sim.clock.now()) })
  else if (action.do === 'trigger') sim.trigger(action.name, 'cli')
  else if (action.do === 'stop') sim.stopResource(action.name)
  else await sim.enable(action.name, action.do === 'enable')
  await sim.settled()
}

/** What must be so at every moment of rest. */
function checkRest({ sim, jobs }: JobSimulation): void {
  expect(sim.outcome()).toBeUndefined()
  const resources = jobs.running().map((job) => job[0])
  expect(new Set(resources).size).toBe(resources.length)
  expect(resources.filter((job) => job !== 'b').length).toBeLessThanOrEqual(2)
  for (const { metadata, status } of sim.store.list('Resource')) {
    const phase = (update: string | undefined) => update && sim.store.get('Update', update)?.status.phase
    expect([undefined, 'running']).toContain(phase(status.current))
    expect([undefined, 'queued']).toContain(phase(status.queued))
    if (status.queued !== undefined) expect(status.hold, `${metadata.name} waits for nothing`).toBeDefined()
    if (status.enabled === 'disabled') expect(status).toMatchObject({ pending: [], history: [], ready: false })
  }
  for (const update of sim.store.list('Update')) expect(update.spec.causes).not.toHaveLength(0)
}

/** Ends all jobs well until there is nothing left to do. */
async function calm(world: JobSimulation): Promise<void> {
  const { sim, jobs, end } = world
  for (let round = 0; round < 60; round++) {
    for (const job of jobs.running()) await end(job)
    await sim.advance(12_000)
    checkRest(world)
    if (jobs.running().length === 0) return
  }
  throw new Error(`never at rest: ${jobs.running().join()}`)
}

describe('whatever happens', () => {
  it('the engine keeps its limits, and comes to rest with what is wanted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const world = await simulateJobs(config(0), {
          files: Object.fromEntries(names.map((file) => [`${file}/x`, ''])),
          programs: {
            slow: (self) => {
              self.onSignal('SIGTERM', () => self.clock.timer(2000, () => self.exit(0)))
              return self.forever()
            },
          },
        })
        for (const action of steps) {
          await take(world, action)
          checkRest(world)
        }
        await calm(world)
        const { sim } = world
        for (const { metadata, spec, status } of sim.store.list('Resource')) {
          const servers = sim.alive().filter((line) => line.split(' ')[1] === metadata.name)
          const serves =
            spec.local?.serve !== undefined &&
            status.enabled === 'enabled' &&
            status.succeededOnce &&
            status.stopped !== true
          expect(servers, metadata.name).toHaveLength(serves ? 1 : 0)
          // What still waits is held by something that only a user can bring.
          if (status.queued !== undefined) expect(status.hold?.reason).toBe('waiting-for-dep')
          else if (spec.triggerMode === 'auto') expect(status.pending).toEqual([])
        }
        const gone = names.filter((other) => sim.store.get('Resource', other) === undefined)
        for (const other of gone) expect(sim.alive().filter((line) => line.split(' ')[1] === other)).toEqual([])
        const stopping = sim.stop()
        await sim.advance(12_000)
        await stopping
        expect(sim.alive()).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})
