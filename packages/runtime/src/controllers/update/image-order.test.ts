import { describe, expect, it } from 'vitest'
import { fakeRecords } from '../../testing/fake-records.js'
import type { SimulateOptions, Simulation } from '../../testing/simulate.js'
import { simulateSession } from '../../testing/simulate.js'

const files = {
  'base/Dockerfile': 'FROM busybox\nCOPY lib /lib',
  'base/lib/a': 'one',
  'api/Dockerfile': 'FROM shop/base\nCOPY main /app/main\nRUN compile\nCMD ["serve"]',
  'api/main': 'one',
}
const composeFiles = { 'compose.yaml': { services: { api: { image: 'shop/api' } } } }
const config: SimulateOptions['config'] = (c) => {
  c.compose('compose.yaml')
  c.image('shop/base', 'base')
  c.image('shop/api', 'api')
}

const start = async (options: Partial<SimulateOptions> = {}): Promise<Simulation> => {
  const sim = await simulateSession({ config, files, composeFiles, ...options })
  await sim.advance(1000)
  return sim
}
const builds = (sim: Simulation) => sim.docker.builds().map(({ name }) => name)

describe('the images of a resource', () => {
  it('BLD-01: are built bases first; the first that fails ends the update, and what was built before is kept', async () => {
    let exitCode = 1
    const sim = await start({ containerPrograms: { compile: () => exitCode } })
    expect(builds(sim)).toEqual(['shop/base', 'shop/api'])
    expect(sim.updates('api').at(-1)?.status.phase).toBe('failed')
    expect(sim.compose.containersOf('project', 'api')).toEqual([])
    exitCode = 0
    await sim.edit({ 'api/main': 'two' })
    await sim.advance(1000)
    expect(builds(sim)).toEqual(['shop/base', 'shop/api', 'shop/api'])
    expect(sim.row('api')).toMatchObject({ updateStatus: 'ok', runtimeStatus: 'ok' })
  })

  it('BLD-01: a base that fails leaves what is built upon it, and what runs, as they are', async () => {
    const sim = await start({ containerPrograms: { compile: () => 0 } })
    const before = sim.compose.containersOf('project', 'api').map(({ id }) => id)
    sim.files.write('/project/base/Dockerfile', 'FROM nowhere/such-image')
    await sim.reload(config)
    await sim.advance(1000)
    expect(sim.updates('api').at(-1)?.status.phase).toBe('failed')
    expect(builds(sim).filter((name) => name === 'shop/api')).toHaveLength(1)
    expect(sim.compose.containersOf('project', 'api').map(({ id }) => id)).toEqual(before)
  })

  it('BLD-10: say in their labels that they were built here, and may be removed here', async () => {
    const sim = await start({ containerPrograms: { compile: () => 0 }, records: fakeRecords() })
    for (const ref of ['shop/base', 'shop/api']) {
      const built = sim.docker.builds().find(({ name }) => name === ref)?.imageId ?? ''
      const image = await sim.docker.inspectImage(built)
      expect(image?.labels).toMatchObject({ 'dev.tilt.built': 'true', 'dev.tilt.gc': 'true' })
    }
  })
})
