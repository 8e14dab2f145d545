import { InfraError } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { FakeComposeFile } from '../../testing/fake-compose.js'
import { serviceWorld } from './services.test.support.js'

const image = 'busybox'
const file: FakeComposeFile = {
  services: {
    api: { image, ports: ['8080:80'], healthcheck: { test: 'true' } },
    db: { image, restart: 'always' },
    migrate: { image, command: 'migrate' },
    web: { image, scale: 3 },
  },
}

describe('the state of services', () => {
  it('DC-03: is that of their containers: state, ports, health, by number', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api', 'web')
    expect(world.status('api')).toEqual({
      known: true,
      containers: [],
      portBindings: [],
      startedOnce: false,
      completedOnce: false,
    })
    await world.up('web', 'api')
    expect(world.status('api')).toMatchObject({
      containers: [{ name: 'shop-api-1', number: 1, state: { status: 'running', healthStatus: 'starting' } }],
      portBindings: [{ containerPort: 80, hostPort: 8080, protocol: 'tcp' }],
      startedOnce: true,
    })
    world.docker.health(world.container('api'), 'healthy')
    await world.settled()
    expect(world.status('api').containers[0]?.state.healthStatus).toBe('healthy')
    expect(world.status('web').containers.map(({ name }) => name)).toEqual(['shop-web-1', 'shop-web-2', 'shop-web-3'])
  })

  it('DC-04: follows what happens to containers, also by hand', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api', 'db')
    await world.up('api', 'db')
    world.docker.exit(world.container('api'), 3)
    await world.settled()
    expect(world.status('api').containers[0]?.state).toMatchObject({ status: 'exited', running: false, exitCode: 3 })
    expect(world.status('api').portBindings).toEqual([])
    world.docker.pause(world.container('db'))
    await world.settled()
    expect(world.status('db').containers[0]?.state.status).toBe('paused')
    world.docker.removeContainer(world.container('db'))
    await world.settled()
    expect(world.status('db')).toMatchObject({ containers: [], startedOnce: true })
    expect(world.errors).toEqual([])
  })

  it('counts the failures in a row of a container that the engine starts again', async () => {
    const world = await serviceWorld({ file })
    await world.declare('db')
    await world.up('db')
    for (let i = 0; i < 3; i++) {
      world.docker.exit(world.container('db'), 1)
      await world.clock.advance(1000)
    }
    expect(world.status('db').containers[0]?.state).toMatchObject({ status: 'running', failuresInARow: 3 })
  })

  it('is asked for after the engine is there, by one stream and one list a project', async () => {
    const services = Array.from({ length: 100 }, (_, index) => `s${index}`)
    const world = await serviceWorld({
      file: { services: Object.fromEntries(services.map((name) => [name, { image }])) },
    })
    world.docker.goAway()
    await world.declare(...services)
    expect(world.asked).toMatchObject({ watch: 0, list: 0, inspect: 0 })
    expect(world.status('s7').known).toBe(false)
    world.docker.comeBack()
    await world.clock.advance(1000)
    expect(world.status('s7').known).toBe(true)
    await world.up(...services)
    const { watch, list, inspect } = world.asked
    expect([watch, list]).toEqual([1, 1])
    world.docker.pause(world.container('s7'))
    await world.settled()
    expect(world.asked).toMatchObject({ watch, list, inspect: inspect + 1 })
  })

  it('takes the events of one turn into one transaction', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api', 'db', 'web')
    await world.up('api', 'db', 'web')
    const before = world.store.journal.entries().filter(({ cause }) => cause.by === 'compose-service').length
    for (const { id } of world.docker.all()) world.docker.pause(id)
    await world.settled()
    const entries = world.store.journal.entries().filter(({ cause }) => cause.by === 'compose-service')
    expect(entries.slice(before).map(({ changes }) => changes.map(({ name }) => name))).toEqual([['api', 'db', 'web']])
  })

  it('misses nothing between its list and its stream', async () => {
    const world = await serviceWorld({
      file,
      docker: (docker) => ({
        async containers(labels) {
          const old = await docker.containers(labels)
          // Between the answer and its arrival.
          for (const { id, state } of old) if (state.running) docker.exit(id, 5)
          return old
        },
      }),
      before: ({ up }) => up('api'),
    })
    await world.declare('api')
    expect(world.status('api').containers[0]?.state).toMatchObject({ status: 'exited', exitCode: 5 })
  })

  it('is unknown while the engine is away, and looked at anew when it is back', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api')
    await world.up('api')
    await world.clock.advance(20_000)
    world.docker.goAway()
    await world.clock.advance(2000)
    expect(world.cluster()?.error).toBeDefined()
    expect(world.status('api')).toMatchObject({ known: false, containers: [{ name: 'shop-api-1' }] })
    world.docker.exit(world.container('api'), 1)
    world.docker.comeBack()
    await world.clock.advance(20_000)
    expect(world.status('api')).toMatchObject({ known: true, containers: [{ state: { status: 'exited' } }] })
    expect(world.log().match(/nothing answers/g)).toHaveLength(1)
    expect(world.errors).toEqual([])
  })

  it('goes on when just its stream was cut, without a word', async () => {
    const cuts: (() => void)[] = []
    const world = await serviceWorld({
      file,
      docker: (docker) => ({
        async watchContainers(labels, onEvent) {
          const watch = await docker.watchContainers(labels, onEvent)
          const ended = new Promise<void>((_resolve, reject) =>
            cuts.push(() => {
              watch.close()
              reject(new InfraError('docker/unreachable', 'docker', 'cut'))
            }),
          )
          return { ended, close: watch.close }
        },
      }),
    })
    await world.declare('api')
    await world.clock.advance(5000)
    cuts[0]?.()
    await world.up('api')
    expect(world.status('api')).toMatchObject({ known: true, containers: [{ state: { status: 'running' } }] })
    expect(world.log()).toBe('')
  })

  it('takes services in that the config adds later, and lets go of a project when its last one leaves', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api')
    await world.up('api', 'db')
    await world.declare('db')
    expect(world.status('db')).toMatchObject({ known: true, containers: [{ name: 'shop-db-1' }] })
    expect(world.asked).toMatchObject({ watch: 1, list: 1 })
    await world.undeclare('api', 'db')
    await world.declare('api')
    expect(world.asked.watch).toBe(2)
  })

  it('can be looked at now, by whoever has just changed it', async () => {
    const world = await serviceWorld({
      file,
      // An engine that is slow to tell.
      docker: (docker) => ({ watchContainers: (labels) => docker.watchContainers(labels, () => {}) }),
    })
    await world.declare('api', 'web')
    await world.up('api', 'web')
    expect(world.status('api').containers).toEqual([])
    await world.services.look('api')
    expect(world.status('api').containers).toMatchObject([{ name: 'shop-api-1' }])
    expect(world.status('web').containers).toEqual([])
    world.docker.goAway()
    await world.services.look('api')
  })

  it('DC-05: puts what a failing health check says into the log, each time it says something else', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api')
    await world.up('api')
    const id = world.container('api')
    world.docker.health(id, 'starting', 'not yet')
    await world.clock.advance(10_000)
    world.docker.health(id, 'unhealthy', 'connection refused\n')
    await world.clock.advance(30_000)
    // The engine tells of turns only, not of what a check says later.
    world.docker.health(id, 'unhealthy', 'no such table\n')
    await world.clock.advance(30_000)
    world.docker.health(id, 'healthy')
    await world.clock.advance(30_000)
    const { inspect } = world.asked
    await world.clock.advance(60_000)
    expect(world.asked.inspect).toBe(inspect)
    expect(world.logs.tail('api', 100).map(({ message, level }) => `${level} ${message}`)).toEqual([
      'warn shop-api-1 is unhealthy: connection refused',
      'warn shop-api-1 is unhealthy: no such table',
      'info shop-api-1 is healthy again',
    ])
  })
})

describe('whether a service has started or completed', () => {
  const programs = { migrate: () => 0 }

  it('a container that lived for an instant has started, whatever its exit code', async () => {
    const world = await serviceWorld({ file, programs: { migrate: () => 1 } })
    await world.declare('migrate')
    await world.up('migrate')
    expect(world.status('migrate')).toMatchObject({ startedOnce: true, completedOnce: false })
  })

  it('one that ended with 0 has completed for good', async () => {
    const world = await serviceWorld({ file, programs })
    await world.declare('migrate')
    await world.clock.advance(1)
    await world.up('migrate')
    expect(world.status('migrate')).toMatchObject({ startedOnce: true, completedOnce: true })
    world.docker.removeContainer(world.container('migrate'))
    await world.settled()
    expect(world.status('migrate')).toMatchObject({ startedOnce: true, completedOnce: true })
  })

  it('one that had done so before the session counts as long as it is left so', async () => {
    let code = 0
    const world = await serviceWorld({
      file,
      programs: { migrate: (self) => (code === 0 ? 0 : self.forever()) },
      async before({ up, clock }) {
        await up('migrate')
        await clock.advance(60_000)
      },
    })
    await world.declare('migrate')
    expect(world.status('migrate')).toMatchObject({ startedOnce: true, completedOnce: true })
    code = 1
    world.docker.removeContainer(world.container('migrate'))
    await world.up('migrate')
    expect(world.status('migrate')).toMatchObject({ startedOnce: true, completedOnce: false })
  })

  it('DIS-02: one that was switched off and on again has not started', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api')
    await world.up('api')
    await world.enable('api', false)
    expect(world.status('api').startedOnce).toBe(false)
    await world.clock.advance(1000)
    await world.enable('api', true)
    expect(world.status('api')).toMatchObject({ containers: [], startedOnce: false })
    await world.up('api')
    expect(world.status('api').startedOnce).toBe(true)
  })
})
