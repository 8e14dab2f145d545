import { describe, expect, it } from 'vitest'
import type { SimulateOptions, Simulation } from '../../testing/simulate.js'
import { simulateSession } from '../../testing/simulate.js'

const files = {
  'base/Dockerfile': 'FROM busybox\nCOPY lib /lib\nRUN compile base',
  'base/lib/a': 'one',
  'api/Dockerfile': 'FROM shop/base\nCOPY main /app/main\nRUN compile api\nCMD ["serve"]',
  'api/main': 'one',
  'web/Dockerfile': 'FROM shop/base\nCOPY main /app/main\nRUN compile web\nCMD ["serve"]',
  'web/main': 'one',
}
const composeFiles = { 'compose.yaml': { services: { api: { image: 'shop/api' }, web: { image: 'shop/web' } } } }
const config: SimulateOptions['config'] = (c) => {
  c.compose('compose.yaml')
  c.image('shop/base', 'base')
  c.image('shop/api', 'api')
  c.image('shop/web', 'web')
}

/** Each image takes a second. */
const start = (): Promise<Simulation> =>
  simulateSession({ config, files, composeFiles, containerPrograms: { compile: (self) => self.clock.sleep(1000) } })

const builds = (sim: Simulation) => sim.docker.builds().map(({ name }) => name)

describe('an image that several resources build upon', () => {
  it('BLD-03, BLD-21, HOLD-05: is built once; as soon as it is there the others go on with their own', async () => {
    const sim = await start()
    await sim.advance(900)
    expect(builds(sim)).toEqual(['shop/base'])
    expect(sim.resource('web').hold).toMatchObject({
      reason: 'building-component',
      message: expect.stringContaining('shop_base'),
    })
    await sim.advance(150)
    expect(builds(sim)).toEqual(['shop/base', 'shop/api', 'shop/web'])
    expect(sim.resource('api').current).toBeDefined()
    expect(sim.resource('web').current).toBeDefined()
    await sim.advance(1500)
    expect(sim.row('web').updateStatus).toBe('ok')
    expect(builds(sim)).toHaveLength(3)
  })

  it('HOLD-05: holds nobody up who has another reason to build than a change of it', async () => {
    const sim = await start()
    await sim.advance(3000)
    await sim.edit({ 'api/main': 'two', 'web/main': 'two' })
    expect(sim.resource('api').current).toBeDefined()
    expect(sim.resource('web').current).toBeDefined()
    await sim.advance(1500)
    expect(builds(sim).slice(3).toSorted()).toEqual(['shop/api', 'shop/web'])
  })

  it('HOLD-05: is built once again when it has changed, for all of them', async () => {
    const sim = await start()
    await sim.advance(3000)
    await sim.edit({ 'base/lib/a': 'two' })
    expect(sim.resource('web').hold?.reason).toBe('building-component')
    await sim.advance(3000)
    expect(builds(sim).slice(3)).toEqual(['shop/base', 'shop/api', 'shop/web'])
    for (const name of ['api', 'web']) {
      const [container] = sim.compose.containersOf('project', name)
      expect(sim.docker.filesOf(container?.id ?? '')['/lib/a']).toBe('two')
    }
  })

  it('TRIG-01: a trigger builds it anew with all that is built upon it, changed or not', async () => {
    const sim = await start()
    await sim.advance(3000)
    sim.trigger('api', 'cli')
    await sim.advance(3000)
    expect(builds(sim).slice(3)).toEqual(['shop/base', 'shop/api'])
    expect(sim.updates('web')).toHaveLength(1)
  })
})
