import { describe, expect, it } from 'vitest'
import { simulateJobs } from '../../testing/simulate-jobs.js'

describe('enabling and disabling', () => {
  it('DIS-01: a disabled resource stops: its update, its place in the queue, its watch, its server; its log stays', async () => {
    const { sim, end } = await simulateJobs((c) => {
      c.local('a', { cmd: 'job a', serveCmd: 'serve a', deps: ['a'] })
      c.local('b', { cmd: 'true', serveCmd: 'serve b' })
    })
    await end('a')
    await sim.edit({ 'a/x': '1' })
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(sim.alive().toSorted()).toEqual(['job a', 'serve a', 'serve b'])
    await sim.enable('a', false)
    expect(sim.alive()).toEqual(['serve b'])
    expect(sim.resource('a')).toMatchObject({
      enabled: 'disabled',
      pending: [],
      history: [],
      started: false,
      ready: false,
    })
    expect(sim.resource('a').queued).toBeUndefined()
    expect(sim.files.watched()).not.toContain('/project/a')
    expect(sim.row('a')).toMatchObject({
      updateStatus: 'none',
      runtimeStatus: 'none',
      buildHistory: [],
      disableStatus: { state: 'Disabled' },
    })
    expect(sim.updates('a').map(({ metadata, status }) => [metadata.name, status.phase, status.error])).toEqual([
      ['a-1', 'succeeded', undefined],
      ['a-3', 'cancelled', 'the resource was disabled'],
      ['a-2', 'cancelled', 'build canceled'],
    ])
    expect(sim.log('a')).toContain('Initial Build')
    await sim.edit({ 'a/x': '2' })
    expect(sim.alive()).toEqual(['serve b'])
  })

  it('DIS-02: enabled again it is as if it had never run: a first update, dependencies respected', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.local('db', { cmd: 'job db', allowParallel: true })
      c.local('a', { cmd: 'job a', serveCmd: 'serve a', deps: ['a'], needs: ['db'], allowParallel: true })
    })
    await end('db')
    await end('a')
    await sim.enable('a', false)
    await sim.enable('db', false)
    await sim.edit({ 'a/x': '1' })
    await sim.enable('a', true)
    expect(sim.resource('a').hold).toMatchObject({ reason: 'waiting-for-dep', message: 'waiting for db (disabled)' })
    await sim.enable('db', true)
    await end('db')
    expect(jobs.running()).toEqual(['a'])
    expect(sim.alive()).toEqual(['job a'])
    await end('a')
    expect(sim.alive()).toEqual(['serve a'])
    expect(sim.updates('a').at(-1)?.spec.causes).toEqual([{ reason: 'initial' }])
    expect(sim.resource('a').history).toHaveLength(1)
    await sim.edit({ 'a/x': '2' })
    expect(jobs.running()).toEqual(['a'])
  })

  it('DIS-02: enabled again without autoInit it waits for a trigger or a change', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true', autoInit: false }))
    await sim.enable('a', false)
    await sim.enable('a', true)
    expect(sim.started()).toEqual([])
  })

  it('DIS-02: while the old server takes its time to end the new one waits for it', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'slow' }), {
      programs: {
        slow: (self) => {
          self.onSignal('SIGTERM', () => self.clock.timer(2000, () => self.exit(0)))
          return self.forever()
        },
      },
    })
    await sim.enable('a', false)
    await sim.enable('a', true)
    expect(sim.alive()).toHaveLength(1)
    await sim.advance(2000)
    expect(sim.processes.table()).toMatchObject([{ running: false }, { running: true }])
    expect(sim.resource('a').ready).toBe(true)
  })

  it('DIS-03: neither dependencies nor dependents follow', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('db', { serveCmd: 'serve db' })
      c.local('a', { serveCmd: 'serve a', needs: ['db'] })
    })
    await sim.enable('db', false)
    expect(sim.alive()).toEqual(['serve a'])
    await sim.enable('a', false)
    await sim.enable('a', true)
    expect(sim.resource('db').enabled).toBe('disabled')
  })

  it('DIS-05: while nobody says whether it is enabled nothing is started, and nothing that runs is stopped', async () => {
    const { sim, jobs } = await simulateJobs((c) => c.local('a', { cmd: 'job a', serveCmd: 'serve', deps: ['a'] }))
    jobs.end('a')
    await sim.settled()
    sim.store.update({ by: 'test' }, (tx) => tx.delete('ConfigMap', 'a-disable'))
    await sim.edit({ 'a/x': '1' })
    expect(sim.alive()).toEqual(['serve'])
    expect(sim.row('a').disableStatus.state).toBe('')
  })

  it('SEL-04: resources that are not chosen are there, disabled, and can be enabled', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.local('a', { serveCmd: 'serve a' })
        c.local('b', { serveCmd: 'serve b' })
      },
      { args: ['a'] },
    )
    expect(sim.alive()).toEqual(['serve a'])
    await sim.enable('b', true)
    expect(sim.alive()).toEqual(['serve a', 'serve b'])
  })
})
