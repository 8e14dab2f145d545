import type { ProbeAction } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { type FakeProgram, fakeServerName } from '../../testing/index.js'
import type { SimulateOptions, Simulation } from '../../testing/simulate.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

const http = (port: number): ProbeAction => ({
  kind: 'http',
  port,
  host: 'localhost',
  path: '/health',
  scheme: 'http',
  headers: {},
})

const serve = (sim: Simulation, name: string) => sim.store.get('Cmd', `${name}:serve`)
const pidOf = (sim: Simulation, name: string) => serve(sim, name)?.status.running?.pid

/** Takes its time to end after SIGTERM. */
const slowEnd =
  (ms: number): FakeProgram =>
  (self) => {
    self.onSignal('SIGTERM', () => self.clock.timer(ms, () => self.exit(0)))
    return self.forever()
  }

describe('servers', () => {
  it('LOC-05: start after the first successful update, and at once without a command', async () => {
    const { sim, end } = await simulateJobs((c) => {
      c.local('a', { cmd: 'job a', serveCmd: 'serve a' })
      c.local('b', { serveCmd: 'serve b' })
    })
    expect(sim.alive()).toEqual(['job a', 'serve b'])
    await end('a', 1)
    expect(sim.alive()).toEqual(['serve b'])
    sim.trigger('a', 'cli')
    await sim.settled()
    await end('a')
    expect(sim.alive()).toEqual(['serve b', 'serve a'])
  })

  it('LOC-05: stay up while an update waits, runs or fails; after a successful one the old is gone before the new starts', async () => {
    const { sim, end } = await simulateJobs((c) => c.local('a', { cmd: 'job a', serveCmd: 'slow', deps: ['a'] }), {
      programs: { slow: slowEnd(3000) },
    })
    await end('a')
    const first = pidOf(sim, 'a')
    await sim.edit({ 'a/x': '1' })
    expect(sim.alive()).toEqual(['slow', 'job a'])
    await end('a', 1)
    expect(pidOf(sim, 'a')).toBe(first)
    await sim.edit({ 'a/x': '2' })
    await end('a')
    await sim.advance(2000)
    expect(sim.alive()).toEqual(['slow'])
    expect(serve(sim, 'a')?.status.waiting?.reason).toContain('waiting for the run before it')
    await sim.advance(1100)
    expect(sim.alive()).toEqual(['slow'])
    expect(pidOf(sim, 'a')).not.toBe(first)
    const [old, fresh] = sim.processes.table().filter(({ argv }) => argv.includes('slow'))
    expect(fresh?.startedAt).toBeGreaterThanOrEqual(old?.endedAt ?? Number.POSITIVE_INFINITY)
  })

  it('LOC-06: a changed definition of the server starts it anew, without running the command again', async () => {
    const config =
      (port: number, text = 'serve'): SimulateOptions['config'] =>
      (c) =>
        c.local('a', { cmd: 'true', serveCmd: text, probe: { action: http(port) } })
    const { sim } = await simulateJobs(config(8080))
    sim.network.listen(8080)
    await sim.advance(100)
    expect(sim.resource('a').ready).toBe(true)
    await sim.reload(config(8080, 'serve faster'))
    expect(sim.alive()).toEqual(['serve faster'])
    expect(sim.started().filter((line) => line === 'true')).toHaveLength(1)
    await sim.reload(config(9090, 'serve faster'))
    expect(sim.resource('a').ready).toBe(false)
    expect(sim.updates('a').map(({ spec, status }) => [spec.causes[0]?.reason, status.steps[0]?.name])).toEqual([
      ['initial', 'cmd'],
      ['config', 'serve'],
      ['config', 'serve'],
    ])
  })

  it('LOC-06: a changed definition does not start a server that was stopped by hand, but the next trigger starts the new one', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'serve 1' }))
    sim.stopResource('a')
    await sim.settled()
    expect(sim.alive()).toEqual([])
    expect(sim.resource('a')).toMatchObject({ stopped: true, ready: false })
    await sim.reload((c) => c.local('a', { serveCmd: 'serve 2' }))
    expect(sim.alive()).toEqual([])
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(sim.alive()).toEqual(['serve 2'])
    expect(sim.resource('a').stopped).toBeUndefined()
  })

  it('LOC-06: a definition that changed during an update that failed is taken up all the same', async () => {
    const config =
      (n: number): SimulateOptions['config'] =>
      (c) =>
        c.local('a', { cmd: 'job a', serveCmd: `serve ${n}` })
    const { sim, end } = await simulateJobs(config(1))
    await end('a')
    sim.trigger('a', 'cli')
    await sim.settled()
    await sim.reload(config(2))
    expect(sim.alive()).toEqual(['serve 1', 'job a'])
    await end('a', 1)
    expect(sim.alive()).toEqual(['serve 2'])
  })

  it('LOC-07: a server that exits by itself is an error, with code 0 too, and comes back only with the next update', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'brief', deps: ['a'] }), {
      programs: { brief: async (self) => self.clock.sleep(1000) },
    })
    await sim.advance(1000)
    expect(sim.row('a')).toMatchObject({ runtimeStatus: 'error', summary: 'exited with code 0' })
    expect(sim.log('a')).toContain('Server exited: exit code 0')
    await sim.advance(600_000)
    expect(sim.started()).toHaveLength(1)
    await sim.edit({ 'a/x': '1' })
    expect(sim.started()).toHaveLength(2)
  })

  it('LOC-07: with restart on-failure it is started again, later each time', async () => {
    const starts: number[] = []
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'crash', restart: 'on-failure' }), {
      programs: {
        crash: (self) => {
          starts.push(self.clock.now())
          return 1
        },
      },
    })
    await sim.advance(8000)
    const [first = 0] = starts
    expect(starts.map((at) => at - first)).toEqual([0, 1000, 3000, 7000])
    expect(serve(sim, 'a')?.status).toMatchObject({ restarts: 3 })
    expect(sim.log('a')).toContain('Server exited: exit code 1; starting it again in 1 s')
    sim.stopResource('a')
    await sim.advance(60_000)
    expect(starts).toHaveLength(4)
  })

  it('LOC-08: a command that cannot be started ends like exit code 1, with the reason', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('a', { cmd: ['no-such-command'] })
      c.local('b', { serveCmd: ['no-such-server'] })
    })
    expect(sim.updates('a')[0]?.status).toMatchObject({
      phase: 'failed',
      exitCode: 1,
      error: 'spawn ENOENT: no such command "no-such-command"',
    })
    expect(serve(sim, 'b')?.status.terminated).toMatchObject({ exitCode: 1, reason: expect.stringContaining('ENOENT') })
    expect(sim.row('b').runtimeStatus).toBe('error')
  })

  it('LOC-04: SIGTERM, a line when it takes its time, SIGKILL after the grace time; the next start waits for it', async () => {
    const deaf: FakeProgram = (self) => {
      self.onSignal('SIGTERM', () => self.stdout('not yet\n'))
      return self.forever()
    }
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'deaf', stopGraceMs: 4000 }), {
      programs: { deaf },
    })
    const first = pidOf(sim, 'a')
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(sim.log('a')).toContain('not yet')
    expect(sim.log('a')).not.toContain('Still stopping')
    await sim.advance(1500)
    expect(sim.log('a')).toContain('Still stopping; it is killed in 3 s')
    await sim.advance(2400)
    expect(sim.processes.running().map(({ pid }) => pid)).toEqual([first])
    await sim.advance(200)
    expect(sim.processes.table()).toMatchObject([{ signal: 'SIGKILL' }, { running: true }])
  })

  it('LOC-13: without a probe a server is ready as soon as it has started', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'serve' }))
    expect(sim.row('a').runtimeStatus).toBe('ok')
    expect(sim.resource('a').readySince).toBe('2026-01-01T00:00:00.000000Z')
  })

  it('LOC-14: a probe that cannot work: the process is not started', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'serve', probe: { action: http(70_000) } }))
    expect(sim.started()).toEqual([])
    expect(serve(sim, 'a')?.status.terminated).toMatchObject({
      exitCode: 1,
      reason: 'the readiness probe cannot work: its port is 70000; a port is a whole number from 1 to 65535',
    })
    expect(sim.log('a')).toContain('Not started: the readiness probe cannot work')
  })
})

describe('probes', () => {
  it('LOC-12: readiness follows the probe by its thresholds; turns are logged, repeats only at level verbose', async () => {
    const { sim } = await simulateJobs((c) =>
      c.local('a', { serveCmd: 'serve', probe: { action: http(8080), periodMs: 1000, failureThreshold: 2 } }),
    )
    await sim.advance(100)
    expect(sim.row('a').runtimeStatus).toBe('pending')
    sim.network.listen(8080, () => ({ status: 302, location: 'http://elsewhere/' }))
    await sim.advance(1000)
    expect(sim.row('a').runtimeStatus).toBe('ok')
    expect(
      sim
        .lines('a')
        .filter(({ level }) => level === 'warn')
        .map(({ message }) => message),
    ).toEqual(['readiness probe: redirected to another host: http://elsewhere/'])
    sim.network.listen(8080, () => ({ status: 503 }))
    await sim.advance(1000)
    expect(sim.resource('a').ready).toBe(true)
    await sim.advance(1000)
    expect(sim.resource('a')).toMatchObject({ ready: false, readyOnce: true })
    expect(sim.row('a').runtimeStatus).toBe('pending')
    expect(sim.log('a')).toContain(
      'not ready any more: the probe failed 2 times in a row: HTTP 503 Service Unavailable',
    )
    const failures = sim.lines('a').filter(({ message }) => message.startsWith('the probe failed'))
    expect(failures.length).toBeGreaterThan(0)
    expect(failures.every(({ level }) => level === 'verbose')).toBe(true)
  })

  it('LOC-12: success of HTTP is 200 to 399, of TCP a connection, of a command exit code 0', async () => {
    const exec: ProbeAction = { kind: 'exec', command: { argv: ['check'], display: 'check' } }
    let healthy = false
    const { sim } = await simulateJobs(
      (c) => {
        c.local('http', { serveCmd: 'serve', probe: { action: http(1) } })
        c.local('tcp', { serveCmd: 'serve', probe: { action: { kind: 'tcp', port: 2, host: 'localhost' } } })
        c.local('exec', { serveCmd: 'serve', probe: { action: exec }, env: { TOKEN: 'x' } })
      },
      { programs: { check: (self) => (healthy && self.env['TOKEN'] === 'x' ? 0 : 3) } },
    )
    sim.network.listen(1, () => ({ status: 400 }))
    await sim.advance(200)
    expect(['http', 'tcp', 'exec'].map((name) => sim.resource(name).ready)).toEqual([false, false, false])
    expect(serve(sim, 'exec')?.status.probe?.lastOutput).toBe('exit code 3')
    healthy = true
    sim.network.listen(1, () => ({ status: 399 }))
    sim.network.listen(2)
    await sim.advance(1000)
    expect(['http', 'tcp', 'exec'].map((name) => sim.resource(name).ready)).toEqual([true, true, true])
  })

  it('probe.log: is ready as soon as a line matches, colours aside', async () => {
    const { sim } = await simulateJobs(
      (c) =>
        c.local('a', {
          serveCmd: 'chatty',
          probe: { action: { kind: 'log', pattern: 'listening on \\d+', flags: 'i' } },
        }),
      {
        programs: {
          chatty: async (self) => {
            await self.clock.sleep(5000)
            self.stdout('\u001b[32mListe')
            await self.clock.sleep(100)
            self.stdout('ning on\u001b[0m 8080\n')
            return self.forever() as Promise<never>
          },
        },
      },
    )
    await sim.advance(5099)
    expect(sim.resource('a').ready).toBe(false)
    await sim.advance(1)
    expect(sim.resource('a').ready).toBe(true)
    expect(serve(sim, 'a')?.status.probe?.lastOutput).toBe('Listening on 8080')
  })

  it('probe.check: asks a function of the config, and says what it threw', async () => {
    let answer: () => unknown = () => {
      throw new Error('no table yet')
    }
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'serve', check: () => answer() }))
    await sim.advance(100)
    expect(serve(sim, 'a')?.status.probe?.lastOutput).toBe('no table yet')
    answer = () => true
    await sim.advance(1000)
    expect(sim.resource('a').ready).toBe(true)
  })

  it('a probe that fails for ever says so, with its last output', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { serveCmd: 'serve', probe: { action: http(8080) } }))
    await sim.advance(25_000)
    const told = sim.lines('a').filter(({ level }) => level === 'warn')
    expect(told.at(-1)?.message).toMatch(/^still not ready: .*: connection refused$/)
    expect(sim.row('a').summary).toBe('probe: connection refused')
  })

  it('readyTimeout: a server that is not ready by then is a runtime error', async () => {
    const { sim } = await simulateJobs((c) =>
      c.local('a', { serveCmd: 'serve', probe: { action: http(8080) }, readyTimeoutMs: 5000 }),
    )
    await sim.advance(4999)
    expect(sim.row('a').runtimeStatus).toBe('pending')
    await sim.advance(1)
    expect(sim.row('a').runtimeStatus).toBe('error')
    sim.network.listen(8080)
    await sim.advance(10_000)
    expect(sim.row('a').runtimeStatus).toBe('ok')
  })
})

describe('servers that are functions', () => {
  it('run as a process of their own, and start anew when the function has changed', async () => {
    const config =
      (greeting: string): SimulateOptions['config'] =>
      (c) =>
        c.local('a', {
          serveCmd: Object.assign(
            async (ctx: { log(text: string): void; readonly signal: AbortSignal }) => {
              ctx.log(greeting)
              await new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve()))
            },
            { toString: () => greeting },
          ),
        })
    const { sim } = await simulateJobs(config('hello'))
    expect(sim.log('a')).toContain('hello')
    const first = pidOf(sim, 'a')
    expect(sim.processes.running()).toMatchObject([{ argv: [fakeServerName, expect.any(String)], pid: first }])
    await sim.reload(config('hello'))
    expect(pidOf(sim, 'a')).toBe(first)
    await sim.reload(config('good day'))
    expect(pidOf(sim, 'a')).not.toBe(first)
    expect(sim.log('a')).toContain('good day')
    await sim.stop()
    expect(sim.alive()).toEqual([])
  })
})
