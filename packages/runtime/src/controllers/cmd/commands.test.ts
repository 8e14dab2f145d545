import { describe, expect, it } from 'vitest'
import type { SimulateOptions } from '../../testing/simulate.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

const envOf = async (
  options: Partial<SimulateOptions> & { readonly own?: Readonly<Record<string, string>> },
): Promise<Readonly<Record<string, string>>> => {
  const { own = {}, ...rest } = options
  const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true', env: own }), rest)
  return sim.processes.table()[0]?.env ?? {}
}

describe('commands', () => {
  it('LOC-01: run in their folder, with both outputs merged; exit code 0 is ok, any other fails the update with it', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'build' }), {
      programs: {
        build: (self) => {
          self.stdout(`in ${self.dir}\n`)
          self.stderr('oops\n')
          return 3
        },
      },
    })
    expect(sim.log('a')).toBe('Initial Build\nRunning cmd: build\nin /project\noops\nUpdate failed: exit code 3')
    expect(sim.updates('a')[0]?.status).toMatchObject({
      phase: 'failed',
      error: 'exit code 3',
      exitCode: 3,
      steps: [{ name: 'cmd', error: 'exit code 3' }],
    })
    sim.processes.program('build', () => 0)
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(sim.row('a').updateStatus).toBe('ok')
  })

  it("LOC-02: get the session's environment, defaults for what it does not set, and their own on top", async () => {
    expect(await envOf({ env: { PATH: '/bin', TILT_PORT: '10350' } })).toMatchObject({
      PATH: '/bin',
      TILT_PORT: '10350',
      LINES: '24',
      COLUMNS: '80',
      PYTHONUNBUFFERED: '1',
    })
    const env = await envOf({ env: { COLUMNS: '120', A: 'session', B: 'session' }, own: { A: 'own', LINES: '9' } })
    expect(env).toMatchObject({ COLUMNS: '120', A: 'own', B: 'session', LINES: '9' })
  })

  it('LOC-02: FORCE_COLOR only where colours are shown and nothing forbids them', async () => {
    expect((await envOf({}))['FORCE_COLOR']).toBeUndefined()
    expect((await envOf({ colour: true }))['FORCE_COLOR']).toBe('1')
    expect((await envOf({ colour: true, env: { NO_COLOR: '1' } }))['FORCE_COLOR']).toBeUndefined()
    expect((await envOf({ colour: true, env: { FORCE_COLOR: '3' } }))['FORCE_COLOR']).toBe('3')
  })

  it('LOC-02: servers and commands of probes get the same', async () => {
    const exec = { kind: 'exec', command: { argv: ['check'], display: 'check' } } as const
    const { sim } = await simulateJobs(
      (c) => c.local('a', { serveCmd: 'serve', env: { OWN: '1' }, probe: { action: exec } }),
      { env: { SESSION: '1' }, programs: { check: () => 0 } },
    )
    await sim.advance(100)
    expect(sim.processes.table()).toMatchObject([
      { argv: ['sh', '-c', 'serve'], env: { OWN: '1', SESSION: '1', LINES: '24' } },
      { argv: ['check'], env: { OWN: '1', SESSION: '1', LINES: '24' } },
    ])
  })

  it('LOC-11: a stopped command gets SIGTERM, then SIGKILL, and ends with exit code 137, killed', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'deaf' }), {
      programs: {
        deaf: (self) => {
          self.onSignal('SIGTERM', () => {})
          return self.forever()
        },
      },
    })
    sim.stopResource('a')
    await sim.advance(9000)
    expect(sim.alive()).toEqual(['deaf'])
    await sim.advance(1000)
    expect(sim.alive()).toEqual([])
    expect(sim.store.get('Cmd', 'a:update')?.status.terminated).toMatchObject({ exitCode: 137, reason: 'killed' })
    expect(sim.updates('a')[0]?.status).toMatchObject({ phase: 'cancelled', error: 'build canceled' })
  })

  it('LOC-09: without autoInit nothing runs until a trigger or, in auto mode, a change', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('a', { cmd: 'true', serveCmd: 'serve a', deps: ['a'], autoInit: false })
      c.local('b', { cmd: 'true', serveCmd: 'serve b', deps: ['b'], autoInit: false, triggerMode: 'manual' })
    })
    expect(sim.started()).toEqual([])
    await sim.edit({ 'a/x': '1', 'b/x': '1' })
    expect(sim.started()).toEqual(['true', 'serve a'])
    sim.trigger('b', 'cli')
    await sim.settled()
    expect(sim.alive()).toEqual(['serve a', 'serve b'])
  })

  it('LOC-10: a change of deps runs the command and then starts the server anew; without a command only the latter', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('a', { cmd: 'true', serveCmd: 'serve a', deps: ['a'] })
      c.local('b', { serveCmd: 'serve b', deps: ['b'] })
    })
    await sim.edit({ 'a/x': '1', 'b/x': '1' })
    expect(sim.started().toSorted()).toEqual(['serve a', 'serve a', 'serve b', 'serve b', 'true', 'true'])
    expect(sim.alive().toSorted()).toEqual(['serve a', 'serve b'])
  })
})

describe('commands that are functions', () => {
  it('run in the config host, with the files that changed, and fail with what they threw', async () => {
    let calls: unknown[] = []
    let fail = false
    const { sim } = await simulateJobs((c) =>
      c.local('a', {
        deps: ['a'],
        env: { OWN: '1' },
        cmd: (ctx) => {
          ctx.log('from a function')
          calls.push({ files: ctx.changedFiles, own: ctx.env['OWN'], dir: ctx.dir, resource: ctx.resource })
          if (fail) throw new Error('it broke')
        },
      }),
    )
    expect(calls).toEqual([{ files: [], own: '1', dir: '/project', resource: 'a' }])
    expect(sim.log('a')).toContain('from a function')
    calls = []
    fail = true
    await sim.edit({ 'a/x': '1' })
    expect(calls).toMatchObject([{ files: expect.arrayContaining(['/project/a/x']) }])
    expect(sim.updates('a').at(-1)?.status).toMatchObject({ phase: 'failed', error: 'it broke' })
    expect(sim.log('a')).toMatch(/(^|\n)function\/threw it broke/)
  })

  it('are aborted when their update is stopped', async () => {
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
    sim.stopResource('a')
    await sim.settled()
    expect(aborted).toBe(true)
    expect(sim.updates('a')[0]?.status.phase).toBe('cancelled')
  })
})
