import { InfraError } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { createSession } from './session.js'
import type { FakeProgram } from './testing/fake-processes.js'
import { simulateJobs } from './testing/simulate-jobs.js'

/** Ends so long after SIGTERM; never, when that is infinite. */
const endsAfter =
  (ms: number): FakeProgram =>
  (self) => {
    self.onSignal('SIGTERM', () => {
      if (Number.isFinite(ms)) self.clock.timer(ms, () => self.exit(0))
    })
    return self.forever()
  }

describe('the end of a session', () => {
  it('EXIT-02: servers are stopped in parallel, each within its own grace time', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.local('a', { serveCmd: 'slow' })
        c.local('b', { serveCmd: 'slow' })
        c.local('deaf', { serveCmd: 'deaf', stopGraceMs: 5000 })
      },
      { programs: { slow: endsAfter(3000), deaf: endsAfter(Number.POSITIVE_INFINITY) } },
    )
    let stopped = false
    const stop = sim.stop().then(() => {
      stopped = true
    })
    await sim.advance(3000)
    expect(sim.alive()).toEqual(['deaf'])
    await sim.advance(1999)
    expect(stopped).toBe(false)
    await sim.advance(1)
    await stop
    expect(sim.alive()).toEqual([])
  })

  it('EXIT-01: asked a second time everything is killed at once', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.local('server', { serveCmd: 'deaf' })
        c.local('build', { cmd: 'deaf' })
      },
      { programs: { deaf: endsAfter(Number.POSITIVE_INFINITY) } },
    )
    const first = sim.stop()
    await sim.advance(100)
    expect(sim.alive()).toHaveLength(2)
    const second = sim.stop()
    await sim.settled()
    expect(sim.alive()).toEqual([])
    await Promise.all([first, second])
  })

  it('a running update is called off, what waits is not begun, and the objects stay as they were', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('a', { cmd: 'job a', serveCmd: 'serve' })
      c.local('b', { cmd: 'job b' })
      c.local('server', { serveCmd: 'serve' })
    })
    await sim.stop()
    expect(sim.alive()).toEqual([])
    expect(sim.started()).toEqual(['job a', 'serve'])
    expect(sim.resource('a').current).toBe('a-1')
    expect(sim.resource('server').ready).toBe(true)
  })

  it('a config that is being evaluated, and functions that run, are ended', async () => {
    let aborted = false
    const { sim } = await simulateJobs((c) =>
      c.local('a', {
        cmd: (ctx) =>
          new Promise<void>((resolve) =>
            ctx.signal.addEventListener('abort', () => {
              aborted = true
              resolve()
            }),
          ),
      }),
    )
    await sim.reload(() => new Promise<void>(() => {}))
    await sim.stop()
    expect(aborted).toBe(true)
    expect(sim.files.watched()).toEqual([])
  })

  it('whatever cannot be closed, all else is, and the first error is told', async () => {
    const closed: string[] = []
    const refuse = (what: string) => async () => {
      closed.push(what)
      throw new Error(`${what} is stuck`)
    }
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'serve', deps: ['a'] }), {
      ports: (ports) => ({
        ...ports,
        configHost: { ...ports.configHost, close: refuse('the config host') },
        docker: { ...ports.docker, close: refuse('docker') },
        kubernetes: { ...ports.kubernetes, close: refuse('kubernetes') },
        files: { ...ports.files, close: refuse('files') },
      }),
    })
    await expect(sim.stop()).rejects.toThrow('the config host is stuck')
    expect(closed).toEqual(['the config host', 'docker', 'kubernetes', 'files'])
    expect(sim.alive()).toEqual([])
  })

  it('in dev nothing but an engine error finishes it', async () => {
    const { sim, end } = await simulateJobs((c) => c.local('a', { cmd: 'job a' }))
    await end('a', 1)
    await sim.reload((c) => c.fail('no'))
    await sim.advance(24 * 3600_000)
    expect(sim.outcome()).toBeUndefined()
  })

  it('can be ended before it has begun', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'serve' }))
    const options = { command: 'dev', mainPath: '/project/tilt.config.ts', args: [], env: {}, version: '0' } as const
    const other = createSession({ ports: sim.ports, options })
    const started = other.start()
    await other.stop()
    await started
    expect(other.store.list('Tiltfile')).toEqual([])
  })
})

describe('a session', () => {
  it('ends what earlier sessions left behind, and says so', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true' }), {
      ports: (ports) => ({ ...ports, processes: { ...ports.processes, reap: async () => 2 } }),
    })
    expect(sim.log('')).toContain('Ended 2 processes that an earlier session left behind')
  })

  it('tells who it is', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true' }))
    expect(sim.store.get('Session', 'Tiltfile')?.spec).toEqual({
      tiltfilePath: '/project/tilt.config.ts',
      exitCondition: 'manual',
    })
    expect(sim.store.get('UISession', 'Tiltfile')?.status).toMatchObject({
      tiltfileKey: '/project/tilt.config.ts',
      runningTiltBuild: { version: '0.0.0' },
    })
  })

  it('API-33: comes to a verdict once a client changes its exit condition, and ends by that', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true' }))
    expect(sim.verdict().done).toBe(false)
    sim.store.update({ by: 'api' }, (tx) =>
      tx.spec('Session', 'Tiltfile', (spec) => ({ ...spec, exitCondition: 'ci' })),
    )
    await sim.advance(1000)
    expect(sim.verdict()).toMatchObject({ done: true, error: '' })
  })

  it('every update has a recorded cause, and so has every transaction that it made', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('gen', { cmd: 'true', deps: ['gen'] })
      c.local('a', { cmd: 'true', serveCmd: 'serve', deps: ['a'], needs: ['rerun:gen'] })
    })
    await sim.edit({ 'a/x': '1' })
    await sim.edit({ 'gen/x': '1' })
    sim.trigger('a', 'cli')
    await sim.settled()
    const updates = sim.store.journal.updates()
    expect(updates.length).toBeGreaterThan(6)
    for (const { spec } of updates) expect(spec.causes).not.toHaveLength(0)
    for (const { cause } of sim.store.journal.entries()) expect(cause.by).not.toBe('')
    const started = sim.store.journal.entries().filter(({ cause }) => cause.by === 'cmd')
    expect(started.length).toBeGreaterThan(0)
    for (const { cause } of started) expect(updates.map(({ metadata }) => metadata.name)).toContain(cause.update)
  })

  it('goes on when the world says no for a while, and tells when it tries again', async () => {
    let refuse = true
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true', deps: ['a'] }), {
      ports: (ports) => ({
        ...ports,
        files: {
          ...ports.files,
          watch: (request) =>
            refuse
              ? Promise.reject(new InfraError('files/watch-failed', 'files', 'disk is away'))
              : ports.files.watch(request),
        },
      }),
    })
    expect(sim.log('')).toContain('file-watch a: disk is away (trying again in 1 s)')
    refuse = false
    await sim.advance(1000)
    expect(sim.files.watched()).toContain('/project/a')
  })

  it('releases the functions that a reload has replaced', async () => {
    const released: string[] = []
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: () => {} }), {
      ports: (ports) => ({
        ...ports,
        configHost: {
          ...ports.configHost,
          async evaluate(request, signal) {
            const { result, functions } = await ports.configHost.evaluate(request, signal)
            const name = `host ${ports.clock.now()}`
            return {
              result,
              functions: {
                ...functions,
                release: async () => {
                  released.push(name)
                  await functions.release()
                },
              },
            }
          },
        },
      }),
    })
    expect(released).toEqual([])
    await sim.reload((c) => c.fail('no'))
    expect(released).toHaveLength(1)
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(sim.updates('a').at(-1)?.status.phase).toBe('succeeded')
    await sim.reload((c) => c.local('a', { cmd: 'true' }))
    expect(released).toHaveLength(3)
    await sim.stop()
    expect(released).toHaveLength(3)
  })
})
