import { describe, expect, it } from 'vitest'
import type { SimulateOptions, Simulation } from '../../testing/simulate.js'
import { simulateSession } from '../../testing/simulate.js'
import type { SimulatedConfig } from '../../testing/simulated-config.js'

const files = { 'api/Dockerfile': 'FROM busybox\nCOPY src /app/src\nCMD ["serve"]', 'api/src/main.js': 'one' }
const composeFiles = { 'compose.yaml': { services: { api: { image: 'shop/api' } } } }
const configured =
  (target: string, more?: Parameters<SimulatedConfig['service']>[1]): SimulateOptions['config'] =>
  (c) => {
    c.compose('compose.yaml')
    if (more !== undefined) c.service('api', more)
    c.image('shop/api', 'api', { liveUpdate: { syncs: { 'api/src': target }, runs: { install: [] } } })
  }

async function start(options: Partial<SimulateOptions> = {}): Promise<Simulation> {
  const containerPrograms = { install: () => 0 }
  const sim = await simulateSession({
    config: configured('/app/src'),
    files,
    composeFiles,
    containerPrograms,
    ...options,
  })
  await sim.advance(1000)
  return sim
}

const idOf = (sim: Simulation): string => sim.compose.containersOf('project', 'api')[0]?.id ?? ''
const held = (sim: Simulation, path = '/app/src/main.js') => sim.docker.filesOf(idOf(sim))[path]

describe('changes that cannot go into a container yet', () => {
  it('LU-11: wait while it does not run, and go into it when it does', async () => {
    const sim = await start()
    sim.docker.pause(idOf(sim))
    await sim.advance(100)
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(1000)
    expect(sim.resource('api').hold).toMatchObject({ reason: 'waiting-for-deploy' })
    expect(held(sim)).toBe('one')
    sim.docker.unpause(idOf(sim))
    await sim.advance(1000)
    expect(held(sim)).toBe('two')
    expect(sim.docker.builds()).toHaveLength(1)
  })

  it('LU-13: are gathered in manual mode, and go into it when triggered', async () => {
    const sim = await start({ config: configured('/app/src', { triggerMode: 'manual', autoInit: undefined }) })
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.edit({ 'api/src/other.js': 'new' })
    await sim.advance(1000)
    expect(held(sim)).toBe('one')
    expect(sim.row('api')).toMatchObject({ hasPendingChanges: true })
    sim.trigger('api', 'cli')
    await sim.advance(1000)
    expect([held(sim), held(sim, '/app/src/other.js')]).toEqual(['two', 'new'])
    expect(sim.docker.builds()).toHaveLength(1)
    expect(sim.updates('api').at(-1)?.status.liveUpdate).toBe(true)
  })

  it('LU-18: go by the live update as it is now, when it was changed', async () => {
    const sim = await start()
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(1000)
    await sim.reload(configured('/app/elsewhere'))
    await sim.advance(1000)
    await sim.edit({ 'api/src/main.js': 'three' })
    await sim.advance(1000)
    expect(held(sim, '/app/elsewhere/main.js')).toBe('three')
    expect(held(sim)).toBe('two')
  })

  it('LU-20: are all kept, however many there are while it is busy', async () => {
    let open = (): void => {}
    const busy = new Promise<void>((resolve) => {
      open = resolve
    })
    const sim = await start({
      containerPrograms: {
        async install() {
          await busy
          return 0
        },
      },
    })
    await sim.edit({ 'api/src/main.js': 'two' })
    for (let n = 0; n < 60; n++) await sim.edit({ [`api/src/${n}.js`]: 'new' })
    open()
    await sim.advance(1000)
    const names = Object.keys(sim.docker.filesOf(idOf(sim))).filter((path) => /\/\d+\.js$/.test(path))
    expect(names).toHaveLength(60)
    expect(sim.docker.builds()).toHaveLength(1)
  })

  it('LU-21: before the first deploy nothing is tried, and nothing is said of it', async () => {
    const sim = await start({ config: configured('/app/src', { autoInit: false, triggerMode: 'manual' }) })
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(1000)
    expect(sim.log('api')).toBe('')
    sim.trigger('api', 'cli')
    await sim.advance(1000)
    expect(held(sim)).toBe('two')
    expect(sim.lines('api').filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
    expect(sim.updates('api')).toHaveLength(1)
  })
})
