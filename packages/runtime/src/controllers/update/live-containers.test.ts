import { describe, expect, it } from 'vitest'
import type { SimulateOptions, Simulation } from '../../testing/simulate.js'
import { simulateSession } from '../../testing/simulate.js'

const files = { 'api/Dockerfile': 'FROM busybox\nCOPY src /app/src\nCMD ["serve"]', 'api/src/main.js': 'one' }
const composeFiles = { 'compose.yaml': { services: { api: { image: 'shop/api', scale: 2 } } } }
const config: SimulateOptions['config'] = (c) => {
  c.compose('compose.yaml')
  c.image('shop/api', 'api', {
    liveUpdate: { syncs: { 'api/src': '/app/src' }, runs: { install: [], migrate: ['api/src/db'] } },
  })
}

async function start(options: Partial<SimulateOptions> = {}): Promise<Simulation> {
  const containerPrograms = { install: () => 0, migrate: () => 0 }
  const sim = await simulateSession({ config, files, composeFiles, containerPrograms, ...options })
  await sim.advance(1000)
  return sim
}

const containers = (sim: Simulation) => sim.compose.containersOf('project', 'api')
const held = (sim: Simulation) => containers(sim).map(({ id }) => sim.docker.filesOf(id)['/app/src/main.js'])

describe('the containers of a service', () => {
  it('LU-02: take in changed files each by itself', async () => {
    const sim = await start()
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(100)
    expect(held(sim)).toEqual(['two', 'two'])
    expect(sim.docker.builds()).toHaveLength(1)
    expect(sim.updates('api').at(-1)?.status).toMatchObject({ phase: 'succeeded', liveUpdate: true })
  })

  it('LU-14: are all built anew when one of them cannot take a file in', async () => {
    const sim = await start()
    const before = containers(sim).map(({ id }) => id)
    sim.docker.refuseCopies(before[1] ?? '', '/app/src', 'read-only file system')
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(1000)
    expect(held(sim)).toEqual(['two', 'two'])
    expect(containers(sim).some(({ id }) => before.includes(id))).toBe(false)
  })

  it('LU-12: are built anew when they have ended', async () => {
    const sim = await start()
    for (const { id } of containers(sim)) sim.docker.exit(id, 1)
    await sim.advance(100)
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(1000)
    expect(held(sim)).toEqual(['two', 'two'])
    expect(sim.docker.builds()).toHaveLength(2)
  })

  it('UPD-04: say which command of how many runs in them', async () => {
    const sim = await start()
    await sim.edit({ 'api/src/db': 'two' })
    await sim.advance(100)
    expect(sim.log('api')).toMatch(/\[CMD 1\/2\] install[\s\S]*\[CMD 2\/2\] migrate/)
  })

  it('are sent nothing when a file is the same after all', async () => {
    const sim = await start()
    await sim.edit({ 'api/src/main.js': 'one' })
    await sim.advance(100)
    expect(sim.log('api')).not.toContain('[CMD')
    expect(sim.docker.builds()).toHaveLength(1)
  })
})
