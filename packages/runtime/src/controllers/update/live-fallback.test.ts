import { describe, expect, it } from 'vitest'
import type { SimulateOptions, Simulation } from '../../testing/simulate.js'
import { simulateSession } from '../../testing/simulate.js'

const dockerfile = (name: string): string => `FROM busybox\nCOPY src /app/src\nRUN compile ${name}\nCMD ["serve"]`
const files = {
  'api/Dockerfile': dockerfile('api'),
  'api/src/main.js': 'one',
  'web/Dockerfile': dockerfile('web'),
  'web/src/main.js': 'one',
}
const composeFiles = { 'compose.yaml': { services: { api: { image: 'shop/api' }, web: { image: 'shop/web' } } } }
const config: SimulateOptions['config'] = (c) => {
  c.settings({ maxParallelUpdates: 1 })
  c.compose('compose.yaml')
  c.image('shop/api', 'api', { liveUpdate: { syncs: { 'api/src': '/app/src' } } })
  c.image('shop/web', 'web')
}

/** Each build takes a second; the containers of `api` take nothing in. */
async function start(): Promise<Simulation> {
  const sim = await simulateSession({
    config,
    files,
    composeFiles,
    containerPrograms: { compile: (self) => self.clock.sleep(1000) },
  })
  await sim.advance(3000)
  expect(sim.docker.builds()).toHaveLength(2)
  const [api] = sim.compose.containersOf('project', 'api')
  sim.docker.refuseCopies(api?.id ?? '', '/app/src', 'read-only file system')
  return sim
}

describe('a live update that cannot be done', () => {
  it('LU-10, LU-15: becomes a build of the same files, which says why', async () => {
    const sim = await start()
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(2000)
    const [api] = sim.compose.containersOf('project', 'api')
    expect(sim.docker.filesOf(api?.id ?? '')['/app/src/main.js']).toBe('two')
    expect(sim.updates('api')).toHaveLength(2)
    expect(sim.updates('api').at(-1)).toMatchObject({
      spec: { causes: [{ reason: 'files', fileCount: 1 }] },
      status: {
        phase: 'succeeded',
        fallback: expect.stringContaining('read-only file system'),
        steps: [{ name: 'live-update', error: expect.any(String) }, { name: 'image shop/api' }, { name: 'deploy' }],
      },
    })
    expect(sim.updates('api').at(-1)?.status.liveUpdate).toBeUndefined()
    expect(sim.log('api').match(/Changed Files/g)).toHaveLength(1)
  })

  it('SCH-01: waits for a slot as any build does, and says so', async () => {
    const sim = await start()
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.edit({ 'api/src/main.js': 'two' })
    expect(sim.resource('web').current).toBeDefined()
    expect(sim.resource('api')).toMatchObject({ hold: { reason: 'waiting-for-slot' } })
    expect(sim.resource('api').current).toBeUndefined()
    await sim.advance(1000)
    expect(sim.resource('web').current).toBeUndefined()
    expect(sim.resource('api').current).toBeDefined()
    await sim.advance(1000)
    expect(sim.updates('api').at(-1)?.status).toMatchObject({ phase: 'succeeded', fallback: expect.any(String) })
  })

  it('SCH-01: takes a slot while it builds', async () => {
    const sim = await start()
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.edit({ 'web/src/main.js': 'two' })
    expect(sim.resource('api').current).toBeDefined()
    expect(sim.resource('web')).toMatchObject({ hold: { reason: 'waiting-for-slot' } })
    await sim.advance(3000)
    expect(sim.docker.builds()).toHaveLength(4)
  })

  it('takes in what changed while it was tried and while it waited, in one build', async () => {
    const sim = await start()
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.edit({ 'api/src/other.js': 'three' })
    await sim.advance(3000)
    expect(sim.updates('api')).toHaveLength(2)
    expect(sim.docker.builds()).toHaveLength(4)
    const [api] = sim.compose.containersOf('project', 'api')
    expect(sim.docker.filesOf(api?.id ?? '')).toMatchObject({
      '/app/src/main.js': 'two',
      '/app/src/other.js': 'three',
    })
    expect(sim.resource('api').queued).toBeUndefined()
  })

  it('leaves the next changes to the new containers', async () => {
    const sim = await start()
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(2000)
    await sim.edit({ 'api/src/main.js': 'three' })
    await sim.advance(100)
    expect(sim.updates('api').at(-1)?.status).toMatchObject({ phase: 'succeeded', liveUpdate: true })
    expect(sim.docker.builds()).toHaveLength(3)
  })
})
