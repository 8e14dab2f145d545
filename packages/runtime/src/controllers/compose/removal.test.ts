import { annotation } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { FakeComposeFile } from '../../testing/fake-compose.js'
import { disableSourceOf } from '../switch-state.js'
import { composeFile, type ServiceWorld, serviceWorld } from './services.test.support.js'

const image = 'busybox'
const file: FakeComposeFile = { services: { api: { image }, db: { image }, web: { image, scale: 2 } } }

const removals = (world: ServiceWorld): readonly (readonly string[])[] =>
  world.compose.calls().flatMap(({ verb, services }) => (verb === 'remove' ? [services] : []))
const names = (world: ServiceWorld): readonly string[] => world.docker.all().map(({ name }) => name)

async function running(...services: readonly string[]): Promise<ServiceWorld> {
  const world = await serviceWorld({ file })
  await world.declare(...services)
  await world.up(...services)
  return world
}

describe('services that are switched off', () => {
  it('DC-07: are removed together once it has been quiet for 200 ms', async () => {
    const world = await running('api', 'db', 'web')
    await world.enable('api', false)
    await world.clock.advance(150)
    await world.enable('web', false)
    await world.clock.advance(199)
    expect(removals(world)).toEqual([])
    await world.clock.advance(1)
    await world.settled()
    expect(removals(world)).toEqual([['api', 'web']])
    expect(names(world)).toEqual(['shop-db-1'])
    await world.clock.advance(60_000)
    expect(removals(world)).toHaveLength(1)
  })

  it('DIS-01: lose their container, and the log of each says so', async () => {
    const world = await running('api', 'web')
    await world.enable('api', false)
    await world.enable('web', false)
    await world.clock.advance(200)
    expect(world.status('api').containers).toEqual([])
    expect(world.log('api')).toBe(' Container shop-api-1  Removed')
    expect(world.log('web')).toBe(' Container shop-web-1  Removed\n Container shop-web-2  Removed')
  })

  it('DC-07: stay when they are switched on again in the meantime', async () => {
    const world = await running('api')
    await world.enable('api', false)
    await world.clock.advance(150)
    await world.enable('api', true)
    await world.clock.advance(60_000)
    expect(removals(world)).toEqual([])
    expect(names(world)).toEqual(['shop-api-1'])
  })

  it('are removed again when an update that was called off had still made a container', async () => {
    const world = await running('api')
    await world.enable('api', false)
    await world.clock.advance(1000)
    await world.up('api')
    await world.clock.advance(200)
    await world.settled()
    expect(names(world)).toEqual([])
  })

  it('are left alone when they were off from the beginning', async () => {
    const world = await serviceWorld({ file, before: ({ up }) => up('api') })
    await world.enable('api', false)
    await world.declare('api', 'db')
    await world.clock.advance(60_000)
    expect(world.status('api').containers).toHaveLength(1)
    expect(removals(world)).toEqual([])
  })

  it('are left alone in ci', async () => {
    const world = await serviceWorld({ file, command: 'ci' })
    await world.declare('api')
    await world.up('api')
    await world.enable('api', false)
    await world.clock.advance(60_000)
    expect(removals(world)).toEqual([])
  })

  it('one removal a project runs at a time', async () => {
    const world = await running('api', 'db')
    world.compose.slow('remove', 5000)
    await world.enable('api', false)
    await world.clock.advance(1000)
    await world.enable('db', false)
    await world.clock.advance(1000)
    expect(removals(world)).toEqual([['api']])
    await world.clock.advance(10_000)
    expect(removals(world)).toEqual([['api'], ['db']])
    expect(names(world)).toEqual([])
  })

  it('say why they could not be removed', async () => {
    const world = await running('api')
    world.compose.fail('remove', 'permission denied')
    await world.enable('api', false)
    await world.clock.advance(60_000)
    expect(world.log('api')).toBe('permission denied\nThe container could not be removed: permission denied')
    expect(removals(world)).toHaveLength(1)
  })

  it('are removed when the engine is back that went away', async () => {
    const world = await running('api')
    await world.clock.advance(20_000)
    world.docker.goAway()
    await world.enable('api', false)
    await world.clock.advance(5000)
    expect(names(world)).toEqual(['shop-api-1'])
    world.docker.comeBack()
    await world.clock.advance(20_000)
    expect(names(world)).toEqual([])
    expect(world.errors).toEqual([])
  })
})

describe('services that left the config', () => {
  it('DC-07: are removed, also when the compose file does not have them any more', async () => {
    const world = await running('api', 'db')
    world.compose.write(composeFile, { services: { db: { image } } })
    await world.undeclare('api')
    await world.clock.advance(200)
    await world.settled()
    expect(names(world)).toEqual(['shop-db-1'])
    expect(world.log('api')).toContain('Container shop-api-1  Removed')
  })

  it('stay when they come back in the meantime', async () => {
    const world = await running('api')
    await world.undeclare('api')
    await world.declare('api')
    await world.clock.advance(60_000)
    expect(names(world)).toEqual(['shop-api-1'])
  })

  it('stay when they go on under another name', async () => {
    const world = await running('api')
    const spec = world.store.get('DockerComposeService', 'api')?.spec
    if (spec === undefined) throw new Error('no service')
    await world.undeclare('api')
    const status = { known: false, containers: [], portBindings: [], startedOnce: false, completedOnce: false }
    const meta = { annotations: { [annotation.resource]: 'backend' } }
    world.store.update({ by: 'test' }, (tx) =>
      tx.put('DockerComposeService', 'backend', { ...spec, disableSource: disableSourceOf('backend') }, status, meta),
    )
    await world.clock.advance(60_000)
    expect(names(world)).toEqual(['shop-api-1'])
    expect(world.status('backend').containers).toHaveLength(1)
  })

  it('go when their project has got another name', async () => {
    const world = await running('api')
    world.store.update({ by: 'test' }, (tx) =>
      tx.spec('DockerComposeService', 'api', (spec) => ({ ...spec, project: { ...spec.project, name: 'store' } })),
    )
    await world.clock.advance(1000)
    expect(names(world)).toEqual([])
  })

  it('that never had a container ask nothing of compose', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api')
    await world.undeclare('api')
    await world.clock.advance(60_000)
    expect(removals(world)).toEqual([])
  })
})
