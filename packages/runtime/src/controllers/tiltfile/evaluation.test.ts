import { describe, expect, it } from 'vitest'
import { projectFolder, type SimulateOptions, type Simulation, simulateSession } from '../../testing/simulate.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

const names = (sim: Simulation): readonly string[] => sim.store.list('Resource').map(({ metadata }) => metadata.name)
const watched = (sim: Simulation): readonly string[] =>
  sim.store.get('FileWatch', 'configs:(Tiltfile)')?.spec.watchedPaths ?? []

/** A gate that a config can wait at. */
function gate(): { readonly passed: () => Promise<void>; open(): void } {
  let open = (): void => {}
  return {
    passed: () =>
      new Promise<void>((resolve) => {
        open = resolve
      }),
    open: () => open(),
  }
}

describe('evaluating the config', () => {
  it('EVAL-01: says which file at the start, and how long it took at the end', async () => {
    const wait = gate()
    const sim = await simulateSession({
      async config(c) {
        c.local('a', { cmd: 'true' })
        await wait.passed()
      },
    })
    expect(sim.log('(Tiltfile)')).toBe('Loading config at: /project/tilt.config.ts')
    await sim.advance(1500)
    wait.open()
    await sim.settled()
    expect(sim.log('(Tiltfile)')).toBe('Loading config at: /project/tilt.config.ts\nLoaded config in 1.5s')
    expect(sim.row('(Tiltfile)')).toMatchObject({ updateStatus: 'ok', buildHistory: [{ error: '' }] })
  })

  it('EVAL-01: only an evaluation that succeeds makes objects', async () => {
    const wait = gate()
    const sim = await simulateSession({
      async config(c) {
        c.local('a', { cmd: 'true' })
        await wait.passed()
      },
    })
    expect(names(sim)).toEqual([])
    expect(sim.started()).toEqual([])
    wait.open()
    await sim.settled()
    expect(names(sim)).toEqual(['a'])
  })

  it('EVAL-02: a missing config is an error; creating the file starts an evaluation', async () => {
    const sim = await simulateSession({ config: () => {}, files: { 'tilt.config.ts': null } })
    expect(sim.tiltfile().diagnostics).toMatchObject([{ code: 'config/no-config' }])
    expect(sim.row('(Tiltfile)').updateStatus).toBe('error')
    await sim.reload((c) => c.local('a', { cmd: 'true' }))
    expect(names(sim)).toEqual(['a'])
    expect(sim.tiltfile().diagnostics).toEqual([])
  })

  it('EVAL-05: a config without resources is an error', async () => {
    const sim = await simulateSession({ config: () => {} })
    expect(sim.tiltfile()).toMatchObject({
      diagnostics: [{ code: 'config/no-resources' }],
      terminated: { error: expect.stringContaining('No resources found') },
    })
  })

  it('EVAL-07: a changed file, other arguments and a trigger evaluate again, each once', async () => {
    const sim = await simulateSession({
      config: (c) => {
        c.local('a', { cmd: 'true' })
        c.read('settings.json')
      },
    })
    await sim.edit({ 'settings.json': '{}' })
    expect(sim.tiltfile().terminated?.reasons).toEqual(['files'])
    expect(sim.setArgs(['a'])).toBe(true)
    await sim.settled()
    expect(sim.tiltfile().terminated?.reasons).toEqual(['args'])
    expect(sim.setArgs(['a'])).toBe(false)
    sim.trigger('(Tiltfile)', 'cli')
    await sim.settled()
    expect(sim.tiltfile().terminated?.reasons).toEqual(['trigger'])
    await sim.edit({ 'unread.json': '{}' })
    expect(sim.configHost.evaluations).toBe(4)
    expect(sim.updates('(Tiltfile)').map(({ spec }) => spec.causes[0]?.reason)).toEqual([
      'initial',
      'files',
      'args',
      'trigger',
    ])
  })

  it('EVAL-07: one evaluation at a time; whatever happens meanwhile causes exactly one more', async () => {
    const wait = gate()
    let under = 0
    let most = 0
    const sim = await simulateSession({
      async config(c) {
        most = Math.max(most, ++under)
        c.local('a', { cmd: 'true' })
        await wait.passed()
        under--
      },
    })
    await sim.edit({ 'tilt.config.ts': '1' })
    await sim.edit({ 'tilt.config.ts': '2' })
    wait.open()
    await sim.settled()
    expect(sim.configHost.evaluations).toBe(2)
    sim.trigger('(Tiltfile)', 'cli')
    sim.setArgs(['a'])
    await sim.edit({ 'tilt.config.ts': '3' })
    wait.open()
    await sim.settled()
    expect(sim.configHost.evaluations).toBe(3)
    wait.open()
    await sim.settled()
    expect([sim.configHost.evaluations, most]).toEqual([3, 1])
  })

  it('EVAL-08: a failed evaluation is not tried again until something changes', async () => {
    const sim = await simulateSession({ config: (c) => c.fail('not today') })
    await sim.advance(600_000)
    expect(sim.configHost.evaluations).toBe(1)
    await sim.edit({ 'tilt.config.ts': 'x' })
    expect(sim.configHost.evaluations).toBe(2)
  })

  it('EVAL-09: after a failure the last good graph goes on; the error stands in log and status of (Tiltfile)', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('a', { cmd: 'true', serveCmd: 'serve', deps: ['a'] })
    })
    const [server] = sim.processes.running()
    await sim.reload((c) => {
      c.local('b', { cmd: 'true' })
      c.fail('b needs a license')
    })
    expect(names(sim)).toEqual(['a'])
    expect(sim.processes.running()).toMatchObject([{ pid: server?.pid }])
    expect(sim.row('(Tiltfile)')).toMatchObject({ updateStatus: 'error', summary: 'b needs a license' })
    expect(sim.log('(Tiltfile)')).toMatch(/(^|\n)config\/failed b needs a license/)
    await sim.edit({ 'a/x': '1' })
    expect(sim.updates('a')).toHaveLength(2)
  })

  it('EVAL-10: after a failure what the good evaluation had read is watched too', async () => {
    const sim = await simulateSession({
      config: (c) => {
        c.local('a', { cmd: 'true' })
        c.read('late.json')
      },
    })
    await sim.reload((c) => {
      c.read('early.json')
      c.fail('early.json is wrong')
    })
    expect(watched(sim)).toEqual(
      ['.tiltignore', 'early.json', 'late.json', 'tilt.config.ts'].map((f) => `${projectFolder}/${f}`),
    )
    await sim.edit({ 'late.json': '{}' })
    expect(sim.configHost.evaluations).toBe(3)
    await sim.reload((c) => c.local('a', { cmd: 'true' }))
    expect(watched(sim)).toEqual(['.tiltignore', 'tilt.config.ts'].map((f) => `${projectFolder}/${f}`))
  })

  it('EVAL-11: a failed evaluation still teaches its secrets; settings and resources of it are not applied', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.settings({ maxParallelUpdates: 1 })
        c.local('a', { cmd: 'tell' })
      },
      { programs: { tell: (self) => self.stdout('the password is hunter22\n') } },
    )
    await sim.reload((c) => {
      c.settings({ maxParallelUpdates: 9 })
      c.secret('hunter22')
      c.fail('too bad')
    })
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(sim.log('a').split('\n').at(-1)).toBe('the password is [redacted secret]')
    expect(sim.tiltfile().live?.settings.maxParallelUpdates).toBe(1)
  })

  it('EVAL-12: while the config has changes that were not looked at nothing starts, and what runs goes on', async () => {
    const wait = gate()
    const { sim, jobs, end } = await simulateJobs((c) => {
      c.local('a', { cmd: 'job a', allowParallel: true, deps: ['a'] })
      c.local('b', { cmd: 'job b', allowParallel: true, deps: ['b'] })
    })
    await end('b')
    sim.trigger('b', 'cli')
    await sim.reload(async (c) => {
      c.local('a', { cmd: 'job a', allowParallel: true, deps: ['a'] })
      c.local('b', { cmd: 'job b', allowParallel: true, deps: ['b'] })
      await wait.passed()
    })
    await end('b')
    await sim.edit({ 'b/x': '1' })
    expect(jobs.running()).toEqual(['a'])
    wait.open()
    await sim.settled()
    expect(jobs.running()).toEqual(['a', 'b'])
  })

  it('EVAL-13: stopping (Tiltfile) ends its evaluation with "build canceled"; the last good graph stays', async () => {
    const sim = await simulateSession({ config: (c) => c.local('a', { cmd: 'true' }) })
    await sim.reload(() => new Promise<void>(() => {}))
    expect(sim.row('(Tiltfile)').updateStatus).toBe('in_progress')
    sim.stopResource('(Tiltfile)')
    await sim.settled()
    expect(sim.tiltfile()).toMatchObject({ running: undefined, terminated: { error: 'build canceled' } })
    expect(sim.updates('(Tiltfile)').at(-1)?.status.phase).toBe('cancelled')
    expect(names(sim)).toEqual(['a'])
    await sim.reload((c) => c.local('b', { cmd: 'true' }))
    expect(names(sim)).toEqual(['b'])
  })
})

describe('putting a new graph in place', () => {
  it('EVAL-14: resources are matched by name: new ones are added, missing ones removed with all that runs for them', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('keep', { serveCmd: 'serve keep' })
      c.local('serving', { serveCmd: 'serve gone' })
      c.local('building', { cmd: 'job building', deps: ['x'] })
    })
    await sim.reload((c) => {
      c.local('keep', { serveCmd: 'serve keep' })
      c.local('fresh', { serveCmd: 'serve fresh' })
    })
    expect(sim.alive()).toEqual(['serve keep', 'serve fresh'])
    expect(names(sim)).toEqual(['keep', 'fresh'])
    for (const kind of ['Cmd', 'ConfigMap', 'FileWatch', 'UIResource', 'Update'] as const) {
      const left = sim.store.list(kind).filter(({ metadata }) => /serving|building/.test(metadata.name))
      expect(left).toEqual([])
    }
    expect(sim.updates('building')).toMatchObject([{ status: { phase: 'cancelled' } }])
  })

  it('EVAL-14: a resource that comes back is a new one', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('a', { cmd: 'true a' })
      c.local('b', { cmd: 'true b' })
    })
    await sim.reload((c) => c.local('a', { cmd: 'true a' }))
    await sim.reload((c) => {
      c.local('a', { cmd: 'true a' })
      c.local('b', { cmd: 'true b' })
    })
    expect(sim.started().filter((line) => line === 'true b')).toHaveLength(2)
    expect(sim.updates('b').map(({ metadata, spec }) => [metadata.name, spec.causes[0]?.reason])).toEqual([
      ['b-1', 'initial'],
      ['b-2', 'initial'],
    ])
  })

  it('EVAL-15: a changed definition is built in with reason config: at once in auto mode, else at the next trigger', async () => {
    const config =
      (n: number): SimulateOptions['config'] =>
      (c) => {
        c.local('auto', { cmd: `true ${n}` })
        c.local('manual', { cmd: `true ${n}`, triggerMode: 'manual' })
        c.local('same', { cmd: 'true' })
      }
    const { sim } = await simulateJobs(config(1))
    await sim.reload(config(2))
    expect(sim.updates('auto').at(-1)?.spec.causes).toEqual([{ reason: 'config', update: '(Tiltfile)-2' }])
    expect(sim.updates('manual')).toHaveLength(1)
    expect(sim.row('manual').hasPendingChanges).toBe(true)
    expect(sim.updates('same')).toHaveLength(1)
    sim.trigger('manual', 'cli')
    await sim.settled()
    expect(
      sim
        .updates('manual')
        .at(-1)
        ?.spec.causes.map(({ reason }) => reason),
    ).toEqual(['trigger', 'config'])
    expect(sim.started().filter((line) => line === 'true 2')).toHaveLength(2)
  })

  it('EVAL-15: what other arguments have changed is built in with reason args', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: `true ${c.args.length}` }))
    sim.setArgs(['a'])
    await sim.settled()
    expect(sim.updates('a').at(-1)?.spec.causes).toEqual([{ reason: 'args', update: '(Tiltfile)-2' }])
  })

  it('EVAL-16: command, folder and environment belong to the definition', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true' }))
    await sim.reload((c) => c.local('a', { cmd: 'true', env: { A: '1' } }))
    expect(sim.updates('a')).toHaveLength(2)
    await sim.reload((c) => c.local('a', { cmd: ['true'], env: { A: '1' } }))
    expect(sim.updates('a')).toHaveLength(3)
  })

  it('EVAL-17: labels, links, trigger mode, autoInit, dependencies and deps do not', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('base', { cmd: 'true' })
      c.local('a', { cmd: 'true', serveCmd: 'serve', deps: ['a'] })
    })
    const [server] = sim.processes.running()
    await sim.reload((c) => {
      c.local('base', { cmd: 'true' })
      c.local('a', {
        cmd: 'true',
        serveCmd: 'serve',
        deps: ['b'],
        labels: ['back'],
        links: ['http://localhost:1'],
        triggerMode: 'manual',
        autoInit: false,
        needs: ['base'],
      })
    })
    expect(sim.updates('a')).toHaveLength(1)
    expect(sim.processes.running()).toMatchObject([{ pid: server?.pid }])
    expect(sim.row('a')).toMatchObject({ triggerMode: 2, endpointLinks: [{ url: 'http://localhost:1' }] })
    expect(sim.store.get('UIResource', 'a')?.metadata.labels).toEqual({ back: 'back' })
    expect(sim.store.get('FileWatch', 'a')?.spec.watchedPaths).toEqual(['/project/b'])
  })

  it('EVAL-18: what was switched by hand stays so over reloads; new resources get what the config says', async () => {
    const { sim } = await simulateJobs((c) => {
      c.local('a', { cmd: 'true' })
      c.local('b', { cmd: 'true' })
    })
    await sim.enable('a', false)
    await sim.reload((c) => {
      c.local('a', { cmd: 'true 2' })
      c.local('b', { cmd: 'true' })
      c.local('fresh', { cmd: 'true' })
    })
    expect(['a', 'b', 'fresh'].map((name) => sim.resource(name).enabled)).toEqual(['disabled', 'enabled', 'enabled'])
  })

  it('EVAL-18: other arguments decide anew', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.local('a', { cmd: 'true' })
        c.local('b', { cmd: 'true' })
      },
      { args: ['a'] },
    )
    const enabled = (): readonly string[] => ['a', 'b'].map((name) => sim.resource(name).enabled)
    expect(enabled()).toEqual(['enabled', 'disabled'])
    expect(sim.updates('b')).toHaveLength(0)
    await sim.enable('b', true)
    sim.setArgs(['b'])
    await sim.settled()
    expect(enabled()).toEqual(['disabled', 'enabled'])
    sim.setArgs([])
    await sim.settled()
    expect(enabled()).toEqual(['enabled', 'enabled'])
  })

  it('EVAL-18: so does a config that chooses otherwise', async () => {
    const config =
      (chosen: readonly string[]): SimulateOptions['config'] =>
      (c) => {
        c.local('a', { cmd: 'true' })
        c.local('b', { cmd: 'true' })
        c.enable(chosen)
      }
    const { sim } = await simulateJobs(config(['a']))
    expect(sim.resource('b').enabled).toBe('disabled')
    await sim.reload(config(['a', 'b']))
    expect(sim.resource('b').enabled).toBe('enabled')
    expect(sim.updates('b')).toHaveLength(1)
  })

  it('tells the names of all resources after each good evaluation', async () => {
    const told: (readonly string[])[] = []
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true' }), { onNames: (all) => told.push(all) })
    await sim.reload((c) => c.fail('no'))
    await sim.reload((c) => {
      c.local('a', { cmd: 'true' })
      c.local('b', { cmd: 'true' })
    })
    expect(told).toEqual([['a'], ['a', 'b']])
  })

  it('IGN-06: .tiltignore keeps files from triggering resources and the config', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.local('a', { cmd: 'true', deps: ['a'] })
        c.readTree('conf')
      },
      { files: { '.tiltignore': '**/*.tmp\n', 'a/x.tmp': '', 'conf/x.tmp': '' } },
    )
    await sim.edit({ 'a/x.tmp': '1', 'conf/x.tmp': '1' })
    expect([sim.updates('a').length, sim.configHost.evaluations]).toEqual([1, 1])
    await sim.edit({ 'conf/x.json': '1' })
    expect(sim.configHost.evaluations).toBe(2)
    await sim.edit({ '.tiltignore': '' })
    await sim.edit({ 'a/x.tmp': '2' })
    expect(sim.updates('a')).toHaveLength(2)
  })
})

describe('secrets of the config', () => {
  it('SEC-01: are scrubbed from the logs of everything', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.secret('hunter22')
        c.local('a', { cmd: 'tell', serveCmd: 'tell-on' })
      },
      {
        programs: {
          tell: (self) => self.stderr('hunter22!\n'),
          'tell-on': (self) => {
            self.stdout('with hunter22\n')
            return self.forever()
          },
        },
      },
    )
    expect(sim.log('a')).toContain('[redacted secret]!')
    expect(sim.log('a')).toContain('with [redacted secret]')
    expect(sim.log('a')).not.toContain('hunter22')
  })

  it('SEC-02: scrub what the evaluation that taught them has logged before; and stay known for good', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.print('connecting with hunter22')
        c.secret('hunter22')
        c.local('a', { cmd: 'tell' })
      },
      { programs: { tell: (self) => self.stdout('hunter22\n') } },
    )
    expect(sim.log('(Tiltfile)')).toContain('connecting with [redacted secret]')
    await sim.reload((c) => c.local('a', { cmd: 'tell' }))
    sim.trigger('a', 'cli')
    await sim.settled()
    expect(sim.log('a')).not.toContain('hunter22')
  })

  it('what the config declares is not kept beside the objects that it becomes', async () => {
    const { sim } = await simulateJobs((c) => {
      c.graph({ env: { TOKEN: 'hunter22' } })
      c.local('a', { cmd: 'tell' })
      c.settings({ maxParallelUpdates: 7 })
    })
    expect(sim.tiltfile().live).toMatchObject({ settings: { maxParallelUpdates: 7 } })
    expect(JSON.stringify(sim.tiltfile())).not.toContain('hunter22')
  })

  it('SET-04: disableScrub leaves them readable', async () => {
    const { sim } = await simulateJobs(
      (c) => {
        c.secret('hunter22')
        c.settings({ disableScrub: true })
        c.local('a', { cmd: 'tell' })
      },
      { programs: { tell: (self) => self.stdout('hunter22\n') } },
    )
    expect(sim.log('a')).toContain('hunter22')
  })
})
