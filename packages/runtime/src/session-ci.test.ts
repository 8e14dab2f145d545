import { describe, expect, it } from 'vitest'
import { deployment } from './controllers/kubernetes/manifests.test.support.js'
import { type SimulateOptions, type Simulation, simulateSession } from './testing/simulate.js'
import { simulateJobs } from './testing/simulate-jobs.js'

const action = { kind: 'http', port: 8080, host: 'localhost', path: '/', scheme: 'http', headers: {} } as const
const parallel = { allowParallel: true } as const

const ci = (config: SimulateOptions['config'], options: Partial<SimulateOptions> = {}) =>
  simulateJobs(config, { ...options, command: 'ci' })

const targets = (sim: Simulation): readonly string[] =>
  sim.verdict().targets.map(({ name, state }) => `${name} ${Object.keys(state).join() || 'not asked for'}`)

describe('ci', () => {
  it('CI-01: exit code 0 when all is well, and watches no files', async () => {
    const { sim, end } = await ci((c) => {
      c.local('build', { cmd: 'job build', deps: ['src'] })
      c.local('test', { cmd: 'job test', needs: ['build'] })
    })
    await end('build')
    expect(sim.outcome()).toBeUndefined()
    expect(sim.files.watched()).toEqual([])
    await end('test')
    expect(sim.outcome()).toEqual({ exitCode: 0, reason: '', diagnostics: [] })
    expect(sim.verdict()).toMatchObject({ done: true, error: '' })
  })

  it('CI-01: exit code 1 with the reason when a resource fails', async () => {
    const { sim, end } = await ci((c) => c.local('build', { cmd: 'job build' }))
    await end('build', 2)
    expect(sim.outcome()).toMatchObject({ exitCode: 1, reason: 'build: update failed: exit code 2' })
  })

  it('CI-02: the targets are the config, updates unless a resource only serves, and servers', async () => {
    const { sim } = await ci((c) => {
      c.local('job', { cmd: 'job job', ...parallel })
      c.local('server', { serveCmd: 'serve', ...parallel })
      c.local('both', { cmd: 'job both', serveCmd: 'serve', ...parallel })
    })
    await sim.advance(300)
    expect(targets(sim)).toEqual([
      'tiltfile:update terminated',
      'job:update active',
      'server:serve active',
      'both:update active',
      'both:serve waiting',
    ])
  })

  it('CI-03: the first error ends the run: a failed config, with exit code 2', async () => {
    const sim = await simulateSession({ command: 'ci', config: (c) => c.fail('no license') })
    expect(sim.outcome()).toMatchObject({
      exitCode: 2,
      reason: 'no license',
      diagnostics: [{ code: 'config/failed', message: 'no license' }],
    })
  })

  it('CI-03: a failed command, although others still run', async () => {
    const { sim, jobs, end } = await ci((c) => {
      c.local('a', { cmd: 'job a', ...parallel })
      c.local('b', { cmd: 'job b', ...parallel })
    })
    await end('b', 1)
    expect(jobs.running()).toEqual(['a'])
    expect(sim.outcome()).toMatchObject({ exitCode: 1, reason: 'b: update failed: exit code 1' })
  })

  it('CI-03: a server that exits, even with code 0', async () => {
    const { sim } = await ci(
      (c) => {
        c.local('slow', { cmd: 'job slow', ...parallel })
        c.local('server', { serveCmd: 'brief', ...parallel })
      },
      { programs: { brief: (self) => self.clock.sleep(3000) } },
    )
    await sim.advance(2999)
    expect(sim.outcome()).toBeUndefined()
    await sim.advance(1)
    expect(sim.outcome()).toMatchObject({ exitCode: 1, reason: 'server: server exited with code 0' })
  })

  it('CI-04: success only when nothing waits and every server is ready', async () => {
    const { sim, end } = await ci((c) => {
      c.local('job', { cmd: 'job job', ...parallel })
      c.local('server', { serveCmd: 'serve', probe: { action }, ...parallel })
    })
    await end('job')
    await sim.advance(5000)
    expect(sim.outcome()).toBeUndefined()
    sim.network.listen(8080)
    await sim.advance(10_000)
    expect(sim.outcome()).toMatchObject({ exitCode: 0 })
  })

  it('CI-05: a server without a probe is ready when its process runs', async () => {
    const { sim } = await ci((c) => c.local('server', { serveCmd: 'serve' }))
    await sim.advance(1100)
    expect(sim.outcome()).toMatchObject({ exitCode: 0 })
  })

  it('CI-06: what nobody asked for and what is disabled does not count', async () => {
    const { sim, end } = await ci((c) => {
      c.local('a', { cmd: 'job a' })
      c.local('asleep', { cmd: 'job asleep', autoInit: false })
      c.local('off', { cmd: 'job off' })
      c.enable(['a', 'asleep'])
    })
    await end('a')
    expect(sim.outcome()).toMatchObject({ exitCode: 0 })
    expect(targets(sim)).toEqual([
      'tiltfile:update terminated',
      'a:update terminated',
      'asleep:update not asked for',
      'off:update disabled',
    ])
  })

  it('CI-08: a run that takes too long fails, and says what it waited for', async () => {
    const { sim } = await ci((c) => {
      c.local('a', { cmd: 'job a' })
      c.local('b', { cmd: 'job b', needs: ['a'] })
    })
    await sim.advance(30 * 60_000 - 1)
    expect(sim.outcome()).toBeUndefined()
    await sim.advance(1)
    expect(sim.outcome()).toMatchObject({
      exitCode: 1,
      reason: 'Timeout after 30m0s: 1 resources waiting (b waiting-for-dep), 1 resources not ready (a:update)',
    })
  })

  it('CI-08: the time comes from the command line, the config wins, and 0 is no limit', async () => {
    const config =
      (ciTimeoutMs: number | undefined): SimulateOptions['config'] =>
      (c) => {
        c.settings({ ciTimeoutMs })
        c.local('a', { cmd: 'job a' })
      }
    const commandLine = await ci(config(undefined), { ciTimeoutMs: 5000 })
    const configWins = await ci(config(9000), { ciTimeoutMs: 5000 })
    const none = await ci(config(0), { ciTimeoutMs: 5000 })
    for (const { sim } of [commandLine, configWins, none]) await sim.advance(5000)
    expect(commandLine.sim.outcome()?.reason).toContain('Timeout after 5s')
    expect(configWins.sim.outcome()).toBeUndefined()
    await configWins.sim.advance(4000)
    expect(configWins.sim.outcome()?.reason).toContain('Timeout after 9s')
    await none.sim.advance(24 * 3600_000)
    expect(none.sim.outcome()).toBeUndefined()
  })

  it('CI-09: a server that runs and does not become ready in time fails the run; jobs have no such limit', async () => {
    const { sim } = await ci((c) => {
      c.local('job', { cmd: 'job job', ...parallel })
      c.local('server', { serveCmd: 'serve', probe: { action }, ...parallel })
    })
    await sim.advance(5 * 60_000 - 1)
    expect(sim.outcome()).toBeUndefined()
    await sim.advance(1)
    expect(sim.outcome()).toMatchObject({
      exitCode: 1,
      reason: 'Readiness timeout after 5m0s: target server:serve not ready: probe: connection refused',
    })
  })

  it('CI-09: readyTimeout of a resource replaces the limit', async () => {
    const { sim } = await ci((c) => c.local('server', { serveCmd: 'serve', probe: { action }, readyTimeoutMs: 2000 }))
    await sim.advance(2000)
    expect(sim.outcome()?.reason).toBe(
      'Readiness timeout after 2s: target server:serve not ready: probe: connection refused',
    )
  })

  it('CI-11: at the end servers are ended, and nothing else runs', async () => {
    const { sim } = await ci((c) => c.local('server', { serveCmd: 'serve' }))
    await sim.advance(1100)
    expect(sim.alive()).toEqual(['serve'])
    await sim.stop()
    expect(sim.alive()).toEqual([])
  })

  it('a failure after the verdict does not change it', async () => {
    const { sim, end } = await ci((c) => {
      c.local('a', { cmd: 'job a', ...parallel })
      c.local('b', { cmd: 'job b', ...parallel })
    })
    await end('a', 1)
    await end('b', 1)
    expect(sim.outcome()?.reason).toBe('a: update failed: exit code 1')
    expect(sim.verdict().error).toBe('a: update failed: exit code 1')
  })

  describe('an engine that does not answer', () => {
    const services = (more: Partial<SimulateOptions> = {}) =>
      simulateSession({
        command: 'ci',
        config: (c) => c.compose('compose.yaml'),
        composeFiles: { 'compose.yaml': { services: { db: { image: 'busybox' } } } },
        ports: (ports) => {
          ;(ports.docker as Simulation['docker']).goAway()
          return ports
        },
        ...more,
      })

    it('CI-10: is waited for, for a minute', async () => {
      const sim = await services()
      await sim.advance(59_000)
      expect(sim.outcome()).toBeUndefined()
      await sim.advance(1_000)
      expect(sim.outcome()).toMatchObject({
        exitCode: 1,
        reason: expect.stringMatching(/^cluster connection failed: nothing answers at .* \(waited 1m0s\)$/),
      })
    })

    it('CI-10: is waited for, for a minute, when it is a cluster', async () => {
      const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } }
      const sim = await services({
        config: (c) => c.manifests([settings]),
        ports: (ports) => {
          ;(ports.kubernetes as Simulation['kubernetes']).goAway()
          return ports
        },
      })
      await sim.advance(58_000)
      expect(sim.outcome()).toBeUndefined()
      await sim.advance(4_000)
      expect(sim.outcome()).toMatchObject({
        exitCode: 1,
        reason: expect.stringMatching(/^cluster connection failed: .* \(waited 1m0s\)$/),
      })
    })

    it('CI-10: does not fail the run when it comes in time', async () => {
      const sim = await services()
      await sim.advance(40_000)
      sim.docker.comeBack()
      await sim.advance(30_000)
      expect(sim.outcome()).toMatchObject({ exitCode: 0 })
    })
  })

  describe('a cluster that does not answer', () => {
    const deployed = (more: SimulateOptions['config'] = () => {}) =>
      simulateSession({
        command: 'ci',
        config(c) {
          c.manifests([deployment('api')])
          more(c)
        },
        ports: (ports) => {
          ;(ports.kubernetes as Simulation['kubernetes']).goAway()
          return ports
        },
      })

    it('CI-10: is waited for, for a minute, then fails the run with what it said', async () => {
      const sim = await deployed()
      await sim.advance(59_000)
      expect(sim.outcome()).toBeUndefined()
      await sim.advance(2_000)
      expect(sim.outcome()).toMatchObject({
        exitCode: 1,
        reason: expect.stringMatching(
          /^cluster connection failed: the Kubernetes cluster .* does not answer.*waited 1m0s/,
        ),
      })
    })

    it('CI-10: does not fail the run when it comes in time', async () => {
      const sim = await deployed()
      await sim.advance(40_000)
      sim.kubernetes.comeBack()
      await sim.advance(30_000)
      expect(sim.outcome()).toMatchObject({ exitCode: 0 })
    })

    it('CI-10: does not fail a run of which nothing that is enabled needs it', async () => {
      const sim = await deployed((c) => {
        c.local('test', { cmd: 'true' })
        c.enable(['test'])
      })
      await sim.advance(70_000)
      expect(sim.outcome()).toMatchObject({ exitCode: 0 })
    })
  })
})
