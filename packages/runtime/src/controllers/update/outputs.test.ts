import { InfraError } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import {
  type FakeProgram,
  fakeRecords,
  projectFolder,
  type SimulateOptions,
  type Simulation,
} from '../../testing/index.js'
import { simulateJobs } from '../../testing/simulate-jobs.js'

describe('outputs', () => {
  const config: SimulateOptions['config'] = (c) =>
    c.local('gen', { cmd: 'codegen', serveCmd: 'serve', deps: ['schema', 'gen'], outputs: ['gen'] })
  const files = { 'schema/a.sql': 'one', 'gen/api.ts': 'generated' }

  it('skip the command at the start when it succeeded before and nothing has changed; the server starts all the same', async () => {
    const records = fakeRecords()
    const first = await simulateJobs(config, { records, files, programs: { codegen: () => 0 } })
    expect(first.sim.started()).toEqual(['codegen', 'serve'])
    const { sim } = await simulateJobs(config, { records, files, programs: { codegen: () => 0 } })
    expect(sim.started()).toEqual(['serve'])
    expect(sim.updates('gen')[0]?.status).toMatchObject({
      phase: 'succeeded',
      skipped: 'inputs and outputs are unchanged since the last successful run',
      steps: [{ name: 'skip' }, { name: 'serve' }],
    })
    expect(sim.log('gen')).toContain('Skipped: inputs and outputs are unchanged')
    expect(sim.resource('gen').ready).toBe(true)
  })

  const changes: readonly [string, Readonly<Record<string, string>>, SimulateOptions['config']][] = [
    ['an input has changed', { ...files, 'schema/a.sql': 'two' }, config],
    ['an input is new', { ...files, 'schema/b.sql': 'two' }, config],
    ['an output has changed', { ...files, 'gen/api.ts': 'edited' }, config],
    ['an output is missing', { 'schema/a.sql': 'one' }, config],
    [
      'the command has changed',
      files,
      (c) => c.local('gen', { cmd: 'codegen --fast', deps: ['schema', 'gen'], outputs: ['gen'] }),
    ],
  ]
  for (const [what, changedFiles, changedConfig] of changes) {
    it(`run the command at the start when ${what}`, async () => {
      const records = fakeRecords()
      await simulateJobs(config, { records, files, programs: { codegen: () => 0 } })
      const { sim } = await simulateJobs(changedConfig, {
        records,
        files: changedFiles,
        programs: { codegen: () => 0 },
      })
      expect(sim.updates('gen')[0]?.status.skipped).toBeUndefined()
      expect(sim.started()[0]).toMatch(/^codegen/)
    })
  }

  it('run the command at the start when it failed the last time', async () => {
    const records = fakeRecords()
    await simulateJobs(config, { records, files, programs: { codegen: () => 1 } })
    const { sim } = await simulateJobs(config, { records, files, programs: { codegen: () => 0 } })
    expect(sim.started()).toEqual(['codegen', 'serve'])
  })

  it('do not skip what was triggered', async () => {
    const records = fakeRecords()
    const lazy: SimulateOptions['config'] = (c) =>
      c.local('gen', { cmd: 'codegen', deps: ['schema'], outputs: ['gen'], autoInit: false })
    const options = { records, files, programs: { codegen: () => 0 } }
    for (let session = 0; session < 2; session++) {
      const { sim } = await simulateJobs(lazy, options)
      sim.trigger('gen', 'cli')
      await sim.settled()
      expect(sim.started()).toEqual(['codegen'])
    }
  })

  it('never trigger the resource that writes them', async () => {
    const { sim } = await simulateJobs(config, { files, programs: { codegen: () => 0 } })
    await sim.edit({ 'gen/api.ts': 'by hand', 'gen/other.ts': 'x' })
    expect(sim.updates('gen')).toHaveLength(1)
    await sim.edit({ 'schema/a.sql': 'two' })
    expect(sim.updates('gen')).toHaveLength(2)
  })
})

describe('commands that change what they depend on', () => {
  /** Writes a file that is watched, with this text in the nth run. */
  const writer =
    (sim: () => Simulation, text: (run: number) => string): FakeProgram =>
    () => {
      runs++
      sim().files.write(`${projectFolder}/src/generated.ts`, text(runs))
    }
  let runs = 0

  async function start(text: (run: number) => string): Promise<Simulation> {
    runs = 0
    let simulation: Simulation | undefined
    const sim = (): Simulation => {
      if (simulation === undefined) throw new Error('not started')
      return simulation
    }
    const started = await simulateJobs((c) => c.local('a', { cmd: 'write', deps: ['src'], autoInit: false }), {
      files: { 'src/main.ts': '' },
      programs: { write: writer(sim, text) },
    })
    simulation = started.sim
    return started.sim
  }

  it('run once more and then rest when they write the same again', async () => {
    const sim = await start(() => 'same')
    await sim.edit({ 'src/main.ts': '1' })
    await sim.advance(5000)
    expect(runs).toBe(2)
    expect(sim.resource('a')).toMatchObject({ pending: [], ready: true })
    expect(sim.resource('a').paused).toBeUndefined()
  })

  it('are paused after three runs in a row that changed the same file and nothing else did; the file is named', async () => {
    const sim = await start((run) => `run ${run}`)
    await sim.edit({ 'src/main.ts': '1' })
    await sim.advance(5000)
    expect(runs).toBe(3)
    expect(sim.resource('a').paused).toMatchObject({ file: `${projectFolder}/src/generated.ts` })
    expect(sim.row('a').waiting).toMatchObject({
      reason: 'paused-by-loop',
      message: expect.stringContaining('generated.ts'),
    })
  })

  it('go on after a pause when something else changes, or when they are triggered', async () => {
    const sim = await start((run) => `run ${run}`)
    await sim.edit({ 'src/main.ts': '1' })
    await sim.advance(5000)
    await sim.edit({ 'src/main.ts': '2' })
    await sim.advance(5000)
    expect(runs).toBe(6)
    expect(sim.resource('a').paused).toBeDefined()
    sim.trigger('a', 'cli')
    await sim.advance(5000)
    expect(runs).toBe(9)
  })

  it('are not paused when a user edits the same file again and again', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true', deps: ['src'] }), {
      files: { 'src/main.ts': '' },
    })
    for (const text of ['1', '2', '3', '4', '5']) {
      await sim.edit({ 'src/main.ts': text })
      await sim.advance(500)
    }
    expect(sim.updates('a')).toHaveLength(6)
    expect(sim.resource('a').paused).toBeUndefined()
  })

  it('WATCH-03: a file that is only touched triggers too', async () => {
    const { sim } = await simulateJobs((c) => c.local('a', { cmd: 'true', deps: ['src'] }), {
      files: { 'src/main.ts': 'same' },
    })
    await sim.edit({ 'src/main.ts': 'same' })
    await sim.advance(500)
    await sim.edit({ 'src/main.ts': 'same' })
    expect(sim.updates('a')).toHaveLength(3)
  })
})

describe('a disk that fails', () => {
  const config: SimulateOptions['config'] = (c) =>
    c.local('gen', { cmd: 'codegen', deps: ['schema'], outputs: ['gen'] })
  const refuse = (): Promise<never> =>
    Promise.reject(new InfraError('files/watch-failed', 'files', 'permission denied: schema/a.sql'))

  it('fails the update with what it said, when its inputs cannot be read', async () => {
    const { sim } = await simulateJobs(config, {
      ports: (ports) => ({ ...ports, files: { ...ports.files, hash: refuse } }),
    })
    expect(sim.updates('gen')[0]?.status).toMatchObject({ phase: 'failed', error: 'permission denied: schema/a.sql' })
    expect(sim.outcome()).toBeUndefined()
  })

  it('leaves the update a success, with a warning, when it cannot be noted down', async () => {
    const { sim } = await simulateJobs(config, {
      files: { 'schema/a.sql': '', 'gen/a.ts': '' },
      programs: { codegen: () => 0 },
      ports: (ports) => ({ ...ports, records: { ...ports.records, set: refuse } }),
    })
    expect(sim.updates('gen')[0]?.status.phase).toBe('succeeded')
    expect(sim.lines('gen').at(-1)).toMatchObject({
      level: 'warn',
      message: expect.stringContaining('permission denied'),
    })
  })

  it('does not keep an update from being called off', async () => {
    const { sim } = await simulateJobs(config, {
      ports: (ports) => ({
        ...ports,
        files: {
          ...ports.files,
          hash: (_paths, _ignored, signal) =>
            new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
        },
      }),
    })
    sim.stopResource('gen')
    await sim.settled()
    expect(sim.updates('gen')[0]?.status).toMatchObject({ phase: 'cancelled', error: 'build canceled' })
    expect(sim.outcome()).toBeUndefined()
  })
})
