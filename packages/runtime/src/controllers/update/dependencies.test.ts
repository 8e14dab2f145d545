import { describe, expect, it } from 'vitest'
import type { Simulation } from '../../testing/simulate.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

const parallel = { allowParallel: true } as const
const waitsFor = (sim: Simulation, name: string) => sim.resource(name).hold?.message

describe('dependencies', () => {
  it('RDEP-01: delay the first update only; what becomes of the dependency later holds nobody', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.local('db', { cmd: 'job db', deps: ['db'], ...parallel })
      c.local('api', { cmd: 'job api', deps: ['api'], needs: ['db'], ...parallel })
    })
    await end('db')
    await end('api')
    await sim.edit({ 'db/x': '1' })
    await end('db', 1)
    expect(sim.resource('db').last).toBe('failed')
    await sim.edit({ 'api/x': '1' })
    expect(jobs.running()).toEqual(['api'])
  })

  it('RDEP-04: without a server: ready when its command has succeeded once', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.local('db', { cmd: 'job db', ...parallel })
      c.local('api', { cmd: 'job api', needs: ['db'], ...parallel })
    })
    await end('db', 1)
    expect(jobs.running()).toEqual([])
    expect(waitsFor(sim, 'api')).toBe('waiting for db (failed)')
    sim.trigger('db', 'cli')
    await sim.settled()
    await end('db')
    expect(jobs.running()).toEqual(['api'])
  })

  it('RDEP-04: with a server and no probe: ready when the process has started, not before', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.local('db', { cmd: 'job migrate', serveCmd: 'missing-server', deps: ['db'], ...parallel })
      c.local('api', { cmd: 'job api', needs: ['db'], ...parallel })
    })
    sim.processes.program('missing-server', (self) => self.forever())
    expect(jobs.running()).toEqual(['migrate'])
    await end('migrate')
    expect(jobs.running()).toEqual(['api'])
  })

  it('RDEP-04: with a server that cannot start: not ready, although its command succeeded', async () => {
    const { sim, jobs } = await simulateJobs((c) => {
      c.local('db', { cmd: 'true', serveCmd: ['no-such-server'], ...parallel })
      c.local('api', { cmd: 'job api', needs: ['db'], ...parallel })
    })
    expect(sim.resource('db')).toMatchObject({ last: 'succeeded', readyOnce: false })
    expect(jobs.running()).toEqual([])
  })

  it('RDEP-04: with a probe: ready the first time that it says so', async () => {
    const { sim, jobs } = await simulateJobs((c) => {
      const action = { kind: 'http', port: 8080, host: 'localhost', path: '/', scheme: 'http', headers: {} } as const
      c.local('db', { serveCmd: 'serve', probe: { action }, ...parallel })
      c.local('api', { cmd: 'job api', needs: ['db'], ...parallel })
    })
    await sim.advance(60)
    expect(jobs.running()).toEqual([])
    sim.network.listen(8080)
    await sim.advance(200)
    expect(sim.resource('db').ready).toBe(true)
    expect(jobs.running()).toEqual(['api'])
  })

  it('RDEP-05: hold a triggered first update too, and say which will not come by itself', async () => {
    const { sim, jobs } = await simulateJobs(
      (c) => {
        c.local('off', { cmd: 'true', ...parallel })
        c.local('idle', { cmd: 'true', autoInit: false, triggerMode: 'manual', ...parallel })
        c.local('a', { cmd: 'job a', needs: ['off'], autoInit: false, ...parallel })
        c.local('b', { cmd: 'job b', needs: ['idle'], ...parallel })
      },
      { files: { 'a/x': '' } },
    )
    await sim.enable('off', false)
    // It was ready once: only when it is off from the start does it hold others back for ever.
    sim.trigger('b', 'cli')
    await sim.settled()
    expect(waitsFor(sim, 'b')).toBe('waiting for idle (never triggered)')
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(waitsFor(sim, 'a')).toBe('waiting for off (disabled)')
    expect(jobs.running()).toEqual([])
    await sim.enable('off', true)
    sim.trigger('idle', 'cli')
    await sim.settled()
    expect(jobs.running()).toEqual(['a', 'b'])
  })

  it('after: waits for one success, whatever the server does', async () => {
    const { jobs, end } = await simulateJobs((c) => {
      c.local('db', { cmd: 'job db', serveCmd: ['no-such-server'], ...parallel })
      c.local('api', { cmd: 'job api', needs: ['after:db'], ...parallel })
    })
    expect(jobs.running()).toEqual(['db'])
    await end('db')
    expect(jobs.running()).toEqual(['api'])
  })

  it('ready: is asked anew before each update', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.local('db', { cmd: 'job db', deps: ['db'], ...parallel })
      c.local('api', { cmd: 'job api', deps: ['api'], needs: ['ready:db'], ...parallel })
    })
    await end('db')
    await end('api')
    await sim.edit({ 'db/x': '1' })
    await end('db', 1)
    await sim.edit({ 'api/x': '1' })
    expect(jobs.running()).toEqual([])
    expect(waitsFor(sim, 'api')).toBe('waiting for db (failed)')
    await sim.edit({ 'db/x': '2' })
    await end('db')
    expect(jobs.running()).toEqual(['api'])
  })

  it('rerun: each later success runs the dependent again, a failure does not', async () => {
    const { sim, end } = await simulateJobs((c) => {
      c.local('gen', { cmd: 'job gen', deps: ['gen'], ...parallel })
      c.local('api', { cmd: 'true', needs: ['rerun:gen'], ...parallel })
    })
    await end('gen')
    expect(sim.updates('api')).toHaveLength(1)
    await sim.edit({ 'gen/x': '1' })
    await end('gen', 1)
    expect(sim.updates('api')).toHaveLength(1)
    await sim.edit({ 'gen/x': '2' })
    await end('gen')
    expect(sim.updates('api').map(({ spec }) => spec.causes)).toEqual([
      [{ reason: 'initial' }],
      [{ reason: 'dependency', resource: 'gen', update: 'gen-3' }],
    ])
  })

  it('rerun: does not start at once what is not to start by itself, but later', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('gen', { cmd: 'true', deps: ['gen'], ...parallel })
      c.local('api', { cmd: 'true', needs: ['rerun:gen'], autoInit: false, ...parallel })
    })
    expect(sim.updates('api')).toHaveLength(0)
    await sim.edit({ 'gen/x': '1' })
    expect(sim.updates('api')).toHaveLength(1)
  })

  it('outputs: what reads what another writes waits for it', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.local('app', { cmd: 'job app', deps: ['gen', 'app'], ...parallel })
      c.local('codegen', { cmd: 'job codegen', deps: ['schema'], outputs: ['gen'], ...parallel })
    })
    expect(jobs.running()).toEqual(['codegen'])
    expect(sim.resource('app').hold).toMatchObject({ reason: 'waiting-for-output', on: [{ name: 'codegen' }] })
    sim.files.write('/project/gen/out', '1')
    await end('codegen')
    expect(jobs.running()).toEqual(['app'])
  })
})
