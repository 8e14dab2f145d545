import { toApiTime } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { projectFolder, type SimulateOptions, type Simulation } from '../../testing/simulate.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

const parallel = { allowParallel: true } as const

describe('which updates run', () => {
  it('SCH-01: at most three at once by default, and the next as soon as a slot is free', async () => {
    const { jobs, end } = await simulateJobs((c) => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) c.local(name, { cmd: `job ${name}`, ...parallel })
    })
    expect(jobs.running()).toEqual(['a', 'b', 'c'])
    await end('b')
    expect(jobs.running()).toEqual(['a', 'c', 'd'])
  })

  it('SCH-01: a lowered limit ends nothing that runs, and keeps others from starting', async () => {
    const config =
      (limit: number): SimulateOptions['config'] =>
      (c) => {
        c.settings({ maxParallelUpdates: limit })
        for (const name of ['a', 'b', 'c', 'd']) c.local(name, { cmd: `job ${name}`, ...parallel })
      }
    const { sim, jobs, end } = await simulateJobs(config(3))
    await sim.reload(config(1))
    expect(jobs.running()).toEqual(['a', 'b', 'c'])
    await end('a')
    await end('b')
    expect(jobs.running()).toEqual(['c'])
    await end('c')
    expect(jobs.running()).toEqual(['d'])
  })

  it('SCH-01: a raised limit starts more at once', async () => {
    const config =
      (limit: number): SimulateOptions['config'] =>
      (c) => {
        c.settings({ maxParallelUpdates: limit })
        for (const name of ['a', 'b', 'c']) c.local(name, { cmd: `job ${name}`, ...parallel })
      }
    const { sim, jobs } = await simulateJobs(config(1))
    await sim.reload(config(2))
    expect(jobs.running()).toEqual(['a', 'b'])
  })

  it('SCH-01: a resource never has two updates', async () => {
    const { sim, jobs } = await simulateJobs((c) => c.local('a', { cmd: 'job a', deps: ['a'], ...parallel }))
    sim.trigger('a', 'cli')
    await sim.edit({ 'a/x': '1' })
    expect(jobs.running()).toEqual(['a'])
  })

  it('SCH-02: runs what never ran and starts by itself, what was triggered, and what changed in auto mode', async () => {
    const { sim, jobs } = await simulateJobs((c) => {
      c.settings({ maxParallelUpdates: 10 })
      c.local('auto', { cmd: 'true', deps: ['auto'] })
      c.local('manual', { cmd: 'true', deps: ['manual'], triggerMode: 'manual' })
      c.local('idle', { cmd: 'true', deps: ['idle'], autoInit: false })
      c.local('asleep', { cmd: 'job asleep', deps: ['asleep'], autoInit: false, triggerMode: 'manual' })
    })
    const runs = () => ['auto', 'manual', 'idle', 'asleep'].map((name) => sim.updates(name).length)
    expect(runs()).toEqual([1, 1, 0, 0])
    await sim.edit({ 'auto/x': '1', 'manual/x': '1', 'idle/x': '1', 'asleep/x': '1' })
    expect(runs()).toEqual([2, 1, 1, 0])
    expect(sim.row('manual')).toMatchObject({ hasPendingChanges: true, updateStatus: 'ok' })
    sim.trigger('asleep', 'cli')
    await sim.settled()
    expect(jobs.running()).toEqual(['asleep'])
  })

  it('SCH-03: counts changed files, updates of what it follows, and a changed definition as changes', async () => {
    const config =
      (cmd: string): SimulateOptions['config'] =>
      (c) => {
        c.local('base', { cmd: 'true', deps: ['base'] })
        c.local('top', { cmd, deps: ['top'], needs: ['rerun:base'] })
      }
    const { sim } = await simulateJobs(config('true 1'))
    const causes = () => sim.updates('top').at(-1)?.spec.causes
    await sim.edit({ 'top/x': '1' })
    expect(causes()).toMatchObject([{ reason: 'files', files: expect.arrayContaining([`${projectFolder}/top/x`]) }])
    await sim.edit({ 'base/x': '1' })
    expect(causes()).toEqual([{ reason: 'dependency', resource: 'base', update: 'base-2' }])
    await sim.reload(config('true 2'))
    expect(causes()).toEqual([{ reason: 'config', update: '(Tiltfile)-2' }])
    expect(sim.updates('top')).toHaveLength(4)
  })

  it('SCH-04: a failed update takes its changes in and is not tried again', async () => {
    const { sim, end } = await simulateJobs((c) => c.local('a', { cmd: 'job a', deps: ['a'] }))
    await end('a', 1)
    expect(sim.resource('a')).toMatchObject({ last: 'failed', pending: [] })
    await sim.advance(60_000)
    expect(sim.updates('a')).toHaveLength(1)
    expect(sim.row('a').updateStatus).toBe('error')
  })

  it('SCH-04: however much changes while it runs, exactly one more update follows', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => c.local('a', { cmd: 'job a', deps: ['a'] }))
    for (const text of ['1', '2', '3']) {
      await sim.edit({ 'a/x': text, [`a/${text}`]: text })
      await sim.advance(500)
    }
    await end('a')
    expect(jobs.running()).toEqual(['a'])
    await end('a')
    expect(jobs.running()).toEqual([])
    expect(sim.updates('a')).toHaveLength(2)
  })

  it('SCH-04: a change that is told at any moment around the end of an update is not lost, and causes one more', async () => {
    for (let turns = 0; turns < 40; turns++) {
      const { sim, jobs } = await simulateJobs((c) => c.local('a', { cmd: 'job a', deps: ['a'] }), {
        files: { 'a/x': '' },
      })
      jobs.end('a')
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      sim.store.update({ by: 'test' }, (tx) =>
        tx.status('FileWatch', 'a', (status) => ({
          ...status,
          fileEvents: [{ time: toApiTime(sim.clock.now()), seenFiles: [`${projectFolder}/a/x`], sequence: 1 }],
        })),
      )
      await sim.settled()
      expect(jobs.running(), `after ${turns} turns`).toEqual(['a'])
      jobs.end('a')
      await sim.settled()
      expect(jobs.running(), `after ${turns} turns`).toEqual([])
    }
  })

  it('SCH-05: a change from before the start, told late, of a file that the update was started for, is dropped', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => c.local('a', { cmd: 'job a', deps: ['a'] }))
    await end('a')
    await sim.edit({ 'a/x': '1' })
    expect(jobs.running()).toEqual(['a'])
    const file = `${projectFolder}/a/x`
    const time = sim.store.get('Update', 'a-2')?.status.queuedAt ?? ''
    const report = (files: readonly string[], sequence: number): void => {
      sim.store.update({ by: 'test' }, (tx) =>
        tx.status('FileWatch', 'a', (status) => ({
          ...status,
          fileEvents: [
            ...status.fileEvents,
            { time: time.replace(/\d\d\d000Z$/, '001000Z'), seenFiles: files, sequence },
          ],
        })),
      )
    }
    report([file], 2)
    await sim.settled()
    expect(sim.resource('a').pending).toEqual([])
    report([file, `${projectFolder}/a/other`], 3)
    await sim.settled()
    expect(sim.resource('a').pending).toMatchObject([{ files: [`${projectFolder}/a/other`] }])
  })

  it('SCH-06: tells in_progress before pending before error before ok, and not_applicable for what only serves', async () => {
    const { sim, end } = await simulateJobs((c) => {
      c.local('a', { cmd: 'job a', deps: ['a'] })
      c.local('server', { serveCmd: 'serve' })
      c.local('later', { cmd: 'true', autoInit: false })
    })
    const status = () => sim.row('a').updateStatus
    expect([status(), sim.row('server').updateStatus, sim.row('later').updateStatus]).toEqual([
      'in_progress',
      'not_applicable',
      'none',
    ])
    await sim.edit({ 'a/x': '1' })
    expect(status()).toBe('in_progress')
    await end('a', 1)
    await end('a', 1)
    expect(status()).toBe('error')
    sim.trigger('a', 'cli')
    await sim.settled()
    await end('a')
    expect(status()).toBe('ok')
  })

  it('SCH-07: a stopped update is cancelled and not tried again', async () => {
    const { sim, jobs } = await simulateJobs((c) => c.local('a', { cmd: 'job a', deps: ['a'] }))
    sim.stopResource('a')
    await sim.settled()
    expect(jobs.running()).toEqual([])
    expect(sim.updates('a')).toMatchObject([{ status: { phase: 'cancelled', error: 'build canceled' } }])
    expect(sim.row('a')).toMatchObject({ updateStatus: 'error', buildHistory: [{ error: 'build canceled' }] })
    await sim.advance(60_000)
    expect(sim.updates('a')).toHaveLength(1)
  })

  it('SCH-08, EXIT-03: an error that nobody foresaw ends the session with it and exit code 1', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true', deps: ['a'] }), {
      ports: (ports) => ({
        ...ports,
        files: {
          ...ports.files,
          watch: (request) =>
            request.paths.some((path) => path.endsWith('/a'))
              ? Promise.reject(new Error('cannot be'))
              : ports.files.watch(request),
        },
      }),
    })
    await sim.settled()
    expect(sim.outcome()).toMatchObject({ exitCode: 1, reason: expect.stringContaining('cannot be') })
    expect(sim.store.get('UISession', 'Tiltfile')?.status.fatalError).toContain('cannot be')
    await sim.stop()
  })
})

describe('why updates wait', () => {
  const hold = (sim: Simulation, name: string) => sim.resource(name).hold

  it('HOLD-01: tiltfile-reload while the config has changes that were not looked at; what runs goes on', async () => {
    let release = (): void => {}
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.local('a', { cmd: 'job a', deps: ['a'], ...parallel })
      c.local('b', { cmd: 'job b', deps: ['b'], ...parallel })
    })
    await end('b')
    await sim.reload(async (c) => {
      c.local('a', { cmd: 'job a', deps: ['a'], ...parallel })
      c.local('b', { cmd: 'job b', deps: ['b'], ...parallel })
      await new Promise<void>((resolve) => {
        release = resolve
      })
    })
    await sim.edit({ 'b/x': '1' })
    expect(jobs.running()).toEqual(['a'])
    expect(hold(sim, 'b')).toMatchObject({ reason: 'tiltfile-reload' })
    release()
    await sim.settled()
    expect(jobs.running()).toEqual(['a', 'b'])
    expect(hold(sim, 'b')).toBeUndefined()
  })

  it('HOLD-02: waiting-for-local while another command without allowParallel runs; parallel ones go on', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.local('a', { cmd: 'job a' })
      c.local('b', { cmd: 'job b' })
      c.local('c', { cmd: 'job c', ...parallel })
    })
    expect(jobs.running()).toEqual(['a', 'c'])
    expect(hold(sim, 'b')).toMatchObject({ reason: 'waiting-for-local', on: [{ kind: 'UIResource', name: 'a' }] })
    await end('a')
    expect(jobs.running()).toEqual(['c', 'b'])
  })

  it('HOLD-02: a running server holds nobody', async () => {
    const { jobs } = await simulateJobs((c) => {
      c.local('server', { cmd: 'true', serveCmd: 'serve' })
      c.local('b', { cmd: 'job b' })
    })
    expect(jobs.running()).toEqual(['b'])
  })

  it('HOLD-03: a command without allowParallel starts beside parallel ones', async () => {
    const { jobs } = await simulateJobs((c) => {
      c.local('p', { cmd: 'job p', ...parallel })
      c.local('alone', { cmd: 'job alone' })
    })
    expect(jobs.running()).toEqual(['p', 'alone'])
  })

  it('HOLD-05: building-component while its own update runs', async () => {
    const { sim, end } = await simulateJobs((c) => c.local('a', { cmd: 'job a' }))
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(hold(sim, 'a')).toMatchObject({ reason: 'building-component', on: [{ name: 'a' }] })
    await end('a')
    expect(hold(sim, 'a')).toBeUndefined()
  })

  it('HOLD-06: waiting-for-dep until each dependency has been ready once', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.local('db', { cmd: 'job db', ...parallel })
      c.local('cache', { cmd: 'job cache', ...parallel })
      c.local('api', { cmd: 'job api', needs: ['db', 'cache'], ...parallel })
    })
    expect(hold(sim, 'api')).toMatchObject({ reason: 'waiting-for-dep', on: [{ name: 'db' }, { name: 'cache' }] })
    await end('db')
    expect(hold(sim, 'api')).toMatchObject({ on: [{ name: 'cache' }] })
    await end('cache')
    expect(jobs.running()).toEqual(['api'])
  })

  it('HOLD-10: the row shows reason, references and a line; the update keeps the times', async () => {
    const { sim, end } = await simulateJobs((c) => {
      c.local('db', { cmd: 'job db', ...parallel })
      c.local('api', { cmd: 'true', needs: ['db'], ...parallel })
    })
    expect(sim.row('api').waiting).toEqual({
      reason: 'waiting-for-dep',
      on: [{ group: 'tilt.dev', apiVersion: 'v1alpha1', kind: 'UIResource', name: 'db' }],
      message: 'waiting for db (not ready)',
    })
    await sim.advance(1500)
    await end('db')
    expect(sim.row('api').waiting).toBeUndefined()
    const [update] = sim.updates('api')
    expect(update?.status.holds).toMatchObject([
      { reason: 'waiting-for-dep', from: '2026-01-01T00:00:00.000000Z', to: '2026-01-01T00:00:01.500000Z' },
    ])
  })

  it('tells a long queue behind one lock who it waits for a little later, without writing it anew at each step', async () => {
    const names = Array.from({ length: 80 }, (_, index) => `r${index}`)
    const { sim, end } = await simulateJobs((c) => {
      for (const name of names) c.local(name, { cmd: `job ${name}` })
    })
    await end('r0')
    expect(hold(sim, 'r79')).toMatchObject({ on: [{ name: 'r0' }] })
    await sim.advance(1000)
    expect(hold(sim, 'r79')).toMatchObject({ on: [{ name: 'r1' }] })
  })
})

describe('in which order', () => {
  it('PRI-01: first updates come first, as declared, before triggered ones', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.settings({ maxParallelUpdates: 1 })
      c.local('a', { cmd: 'job a' })
      c.local('b', { cmd: 'job b' })
      c.local('c', { cmd: 'job c' })
    })
    await end('a')
    sim.trigger('a', 'cli')
    await sim.settled()
    await end('b')
    expect(jobs.running()).toEqual(['c'])
    await end('c')
    expect(jobs.running()).toEqual(['a'])
  })

  it('PRI-02: then triggered ones, first in, first out, before changed ones', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.settings({ maxParallelUpdates: 1 })
      for (const name of ['a', 'b', 'c']) c.local(name, { cmd: `job ${name}`, deps: [name] })
    })
    for (const name of ['a', 'b', 'c']) await end(name)
    sim.trigger('a', 'cli')
    await sim.settled()
    await sim.edit({ 'b/x': '1' })
    await sim.advance(10)
    sim.trigger('c', 'cli')
    await sim.advance(10)
    sim.trigger('a', 'cli')
    await sim.settled()
    await end('a')
    expect(jobs.running()).toEqual(['c'])
    await end('c')
    expect(jobs.running()).toEqual(['a'])
    await end('a')
    expect(jobs.running()).toEqual(['b'])
  })

  it('PRI-03: then the one whose earliest change is oldest', async () => {
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.settings({ maxParallelUpdates: 1 })
      for (const name of ['a', 'b', 'c']) c.local(name, { cmd: `job ${name}`, deps: [name] })
    })
    for (const name of ['a', 'b', 'c']) await end(name)
    sim.trigger('a', 'cli')
    await sim.settled()
    await sim.edit({ 'c/x': '1' })
    await sim.edit({ 'b/x': '1' })
    await sim.edit({ 'c/x': '2' })
    await end('a')
    expect(jobs.running()).toEqual(['c'])
    await end('c')
    expect(jobs.running()).toEqual(['b'])
  })

  it('PRI-04: the log begins with the reason; a trigger hides the others', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true', deps: ['a'], triggerMode: 'manual' }))
    await sim.edit({ 'a/x': '1' })
    sim.trigger('a', 'web')
    await sim.settled()
    expect(sim.log('a').split('\n')).toEqual(['Initial Build', 'Running cmd: true', 'Web Trigger', 'Running cmd: true'])
    expect(sim.updates('a').at(-1)?.spec.causes).toMatchObject([{ reason: 'trigger', by: 'web' }, { reason: 'files' }])
  })
})
