import { toApiTime, UserError } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { Simulation } from '../../testing/simulate.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

/** An Update as a client of the API creates it. */
function createUpdate(sim: Simulation, name: string, resource: string): void {
  sim.store.update({ by: 'api' }, (tx) =>
    tx.put(
      'Update',
      name,
      { resource, causes: [] },
      { phase: 'queued', queuedAt: toApiTime(sim.clock.now()), holds: [], steps: [] },
    ),
  )
}

const phaseOf = (sim: Simulation, update: string) => sim.store.get('Update', update)?.status

describe('triggers', () => {
  it('TRIG-02: a manual resource with changed files does a normal update that takes them in', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true', deps: ['a'], triggerMode: 'manual' }))
    await sim.edit({ 'a/x': '1' })
    expect(sim.updates('a')).toHaveLength(1)
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(
      sim
        .updates('a')
        .at(-1)
        ?.spec.causes.map(({ reason }) => reason),
    ).toEqual(['trigger', 'files'])
    expect(sim.resource('a').pending).toEqual([])
  })

  it('TRIG-04: runs the command again and, when it succeeds, starts the server anew', async () => {
    const { sim, end } = await simulateJobs((c) => c.local('a', { cmd: 'job a', serveCmd: 'serve' }))
    await end('a')
    const [first] = sim.processes.running().slice(-1)
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(sim.processes.running().map(({ pid }) => pid)).toContain(first?.pid)
    await end('a')
    expect(sim.alive()).toEqual(['serve'])
    expect(sim.processes.running().map(({ pid }) => pid)).not.toContain(first?.pid)
  })

  it('TRIG-05: triggers before the start count as one, one during the update queues exactly one more', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.settings({ maxParallelUpdates: 1 })
      c.local('busy', { cmd: 'job busy' })
      c.local('a', { cmd: 'job a', autoInit: false })
    })
    const names = [1, 2, 3].map(() => sim.trigger('a', 'cli'))
    expect(new Set(names.map((result) => result.ok && result.update))).toEqual(new Set(['a-1']))
    expect(sim.resource('a').triggered).toMatchObject({ update: 'a-1' })
    await end('busy')
    expect(jobs.running()).toEqual(['a'])
    expect(sim.resource('a').triggered).toBeUndefined()
    sim.trigger('a', 'cli')
    sim.trigger('a', 'cli')
    await sim.settled()
    await end('a')
    await end('a')
    expect(jobs.running()).toEqual([])
    expect(sim.updates('a')).toHaveLength(2)
  })

  it('TRIG-06: an unknown resource is an error with a suggestion', async () => {
    const { sim } = await simulateJobs((c) => c.local('frontend', { cmd: 'true' }))
    expect(() => sim.trigger('fronted', 'cli')).toThrow(UserError)
    try {
      sim.trigger('fronted', 'cli')
    } catch (error) {
      expect(error).toMatchObject({
        code: 'session/unknown-resource',
        diagnostics: [{ hint: 'Did you mean frontend?' }],
      })
    }
  })

  it('TRIG-06: a disabled resource is refused and not queued', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true' }))
    await sim.enable('a', false)
    expect(sim.trigger('a', 'cli')).toEqual({ ok: false, message: 'a is currently disabled' })
    await sim.enable('a', true)
    expect(sim.updates('a')).toHaveLength(2)
    expect(sim.updates('a').at(-1)?.spec.causes).toEqual([{ reason: 'initial' }])
  })

  it('TRIG-06: triggering (Tiltfile) evaluates the config again', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true' }))
    expect(sim.trigger('(Tiltfile)', 'cli')).toEqual({ ok: true, update: '(Tiltfile)-2' })
    await sim.settled()
    expect(sim.configHost.evaluations).toBe(2)
    expect(sim.tiltfile().terminated?.reasons).toEqual(['trigger'])
    expect(sim.updates('a')).toHaveLength(1)
  })

  it('an Update that a client creates asks for a run, and can be followed by its name', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => c.local('a', { cmd: 'job a', autoInit: false }))
    createUpdate(sim, 'mine', 'a')
    await sim.settled()
    expect(jobs.running()).toEqual(['a'])
    expect(phaseOf(sim, 'mine')).toMatchObject({ phase: 'running' })
    await end('a')
    expect(phaseOf(sim, 'mine')).toMatchObject({ phase: 'succeeded' })
    expect(sim.updates('a')[0]?.spec.causes).toEqual([{ reason: 'trigger', by: 'api' }])
  })

  it('an Update that a client creates takes the place of one that was queued for a change', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.settings({ maxParallelUpdates: 1 })
      c.local('busy', { cmd: 'job busy', deps: ['busy'] })
      c.local('a', { cmd: 'job a', deps: ['a'], autoInit: false })
    })
    await sim.edit({ 'a/x': '1' })
    createUpdate(sim, 'mine', 'a')
    createUpdate(sim, 'second', 'a')
    await sim.settled()
    expect(phaseOf(sim, 'second')).toMatchObject({ phase: 'cancelled', error: 'joined mine, which was queued already' })
    await end('busy')
    await end('a')
    expect(jobs.running()).toEqual([])
    expect(sim.updates('a').map(({ metadata, status }) => [metadata.name, status.phase])).toEqual([
      ['second', 'cancelled'],
      ['mine', 'succeeded'],
    ])
  })

  it('an Update for a resource that does not exist, or is disabled, ends with the reason', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true' }))
    await sim.enable('a', false)
    createUpdate(sim, 'lost', 'b')
    createUpdate(sim, 'off', 'a')
    await sim.settled()
    expect(phaseOf(sim, 'lost')).toMatchObject({ phase: 'failed', error: 'no resource is called "b"' })
    expect(phaseOf(sim, 'off')).toMatchObject({ phase: 'cancelled', error: 'the resource is currently disabled' })
  })

  it('LOG-04: the newest ten updates stay as objects, the journal has all; warnings are counted per update', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'warns' }), {
      programs: { warns: (self) => self.stdout('WARNING: old\nfine\n') },
    })
    for (let run = 2; run <= 15; run++) {
      sim.trigger('a', 'cli')
      await sim.settled()
    }
    expect(sim.resource('a').history).toHaveLength(10)
    expect(sim.resource('a').history[0]).toBe('a-15')
    expect(sim.store.ofResource('Update', 'a')).toHaveLength(10)
    expect(sim.updates('a')).toHaveLength(15)
    expect(sim.updates('a').at(-1)?.status.warningCount).toBe(1)
  })
})
