import { InfraError } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { FakeComposeFile } from '../../testing/fake-compose.js'
import { serviceWorld } from './services.test.support.js'

const image = 'busybox'
const file: FakeComposeFile = {
  services: {
    api: { image },
    db: { image, restart: 'always' },
    blink: { image, command: 'blink' },
    web: { image, scale: 2 },
  },
}

describe('the logs of services', () => {
  it('DC-06: are those of their containers, as runtime lines of the resource, with the levels that lines show', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api')
    await world.up('api')
    world.docker.print(world.container('api'), 'listening\nERROR no table\nhal')
    await world.settled()
    world.docker.print(world.container('api'), 'f\n')
    await world.settled()
    const lines = world.logs.tail('api', 10)
    expect(lines.map(({ message, level }) => [message, level])).toEqual([
      ['listening', 'info'],
      ['ERROR no table', 'error'],
      ['half', 'info'],
    ])
    const span = `dc:api:${world.container('api').slice(0, 12)}`
    expect(lines.map(({ spanId, source }) => [spanId, source])[0]).toEqual([span, 'runtime'])
  })

  it('DC-06: are complete when a container restarts, by hand or by itself', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api', 'db')
    await world.up('api', 'db')
    for (const run of [1, 2, 3]) {
      for (const service of ['api', 'db']) {
        const id = world.container(service)
        world.docker.print(id, `run ${run} begins\n`)
        await world.clock.advance(10)
        world.docker.print(id, `run ${run} ends\n`)
        if (service === 'api') {
          world.docker.stop(id)
          await world.clock.advance(10)
          world.docker.start(id)
        } else world.docker.exit(id, 1)
      }
      await world.clock.advance(5000)
    }
    const expected = [1, 2, 3].flatMap((run) => [`run ${run} begins`, `run ${run} ends`]).join('\n')
    expect(world.log('api')).toBe(expected)
    expect(world.log('db')).toBe(expected)
  })

  it('DC-06: hold the last words of a container that is replaced, and the first of the one in its place', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api')
    await world.up('api')
    world.docker.print(world.container('api'), 'old: hello\n')
    await world.settled()
    world.docker.print(world.container('api'), 'old: bye\n')
    world.docker.removeContainer(world.container('api'))
    await world.up('api')
    world.docker.print(world.container('api'), 'new: hello\n')
    await world.settled()
    expect(world.log('api')).toBe('old: hello\nold: bye\nnew: hello')
  })

  it('DC-06: hold all that a container said that lived for an instant', async () => {
    const world = await serviceWorld({
      file,
      programs: {
        blink(self) {
          self.stdout('starting\n')
          self.stderr('cannot: no license')
          return 1
        },
      },
    })
    await world.declare('blink')
    await world.up('blink')
    expect(world.log('blink')).toBe('starting\ncannot: no license')
    await world.clock.advance(60_000)
    expect(world.log('blink')).toBe('starting\ncannot: no license')
  })

  it('DC-06: go on behind the last line after a cut, again and again', async () => {
    const cuts: AbortController[] = []
    const world = await serviceWorld({
      file,
      docker: (docker) => ({
        async *logs(id, options, signal) {
          const cut = new AbortController()
          cuts.push(cut)
          try {
            yield* docker.logs(id, options, AbortSignal.any([signal, cut.signal]))
          } catch (error) {
            if (cut.signal.aborted) throw new InfraError('docker/unreachable', 'docker', 'cut', { retry: true })
            throw error
          }
        },
      }),
    })
    await world.declare('api')
    await world.up('api')
    const expected: string[] = []
    for (let i = 0; i < 20; i++) {
      expected.push(`line ${i}`)
      world.docker.print(world.container('api'), `line ${i}\n`)
      if (i % 3 === 0) await world.clock.advance(600)
      if (i % 4 === 0) for (const cut of cuts) cut.abort()
    }
    await world.clock.advance(20_000)
    expect(world.log('api').split('\n')).toEqual(expected)
    expect(cuts.length).toBeGreaterThan(3)
    expect(world.log()).toBe('')
  })

  it('DC-06: are complete over a restart of the engine', async () => {
    const world = await serviceWorld({ file })
    await world.declare('db')
    await world.up('db')
    await world.clock.advance(20_000)
    world.docker.print(world.container('db'), 'before\n')
    await world.settled()
    world.docker.goAway()
    world.docker.print(world.container('db'), 'meanwhile\n')
    world.docker.exit(world.container('db'), 0)
    await world.clock.advance(30_000)
    world.docker.comeBack()
    await world.clock.advance(10_000)
    world.docker.print(world.container('db'), 'after\n')
    await world.settled()
    expect(world.log('db')).toBe('before\nmeanwhile\nafter')
    expect(world.errors).toEqual([])
  })

  it('DC-06: of containers that are older than the session begin with it', async () => {
    const world = await serviceWorld({
      file,
      async before({ up, docker, compose, clock }) {
        await up('api', 'blink')
        docker.print(compose.containersOf('shop', 'api')[0]?.id ?? '', 'long ago\n')
        docker.print(compose.containersOf('shop', 'blink')[0]?.id ?? '', 'long ago\n')
        docker.stop(compose.containersOf('shop', 'blink')[0]?.id ?? '')
        await clock.advance(60_000)
      },
    })
    await world.declare('api', 'blink')
    await world.clock.advance(1)
    world.docker.print(world.container('api'), 'now\n')
    world.docker.start(world.container('blink'))
    world.docker.print(world.container('blink'), 'now\n')
    await world.settled()
    expect(world.log('api')).toBe('now')
    expect(world.log('blink')).toBe('now')
  })

  it('say which container speaks when there are several', async () => {
    const world = await serviceWorld({ file })
    await world.declare('web')
    await world.up('web')
    world.docker.print(world.container('web', 1), 'a\nb')
    world.docker.print(world.container('web', 2), 'c\n')
    await world.settled()
    world.docker.print(world.container('web', 1), 'b\n')
    await world.settled()
    expect(world.log('web').split('\n').sort()).toEqual(['[web-1] a', '[web-1] bb', '[web-2] c'])
  })

  it('DIS-01: are not read of services that are switched off; what one says as it stops is', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api', 'db')
    await world.enable('db', false)
    await world.up('api', 'db')
    world.docker.print(world.container('db'), 'unheard\n')
    await world.settled()
    expect(world.log('db')).toBe('')
    expect(world.asked.logs).toBe(1)
    await world.enable('api', false)
    world.docker.print(world.container('api'), 'stopping\n')
    world.docker.stop(world.container('api'))
    await world.settled()
    expect(world.log('api')).toBe('stopping')
  })

  it('DIS-01: end within 15 s when a service that is switched off goes on', async () => {
    const world = await serviceWorld({ file, command: 'ci' })
    await world.declare('api')
    await world.up('api')
    await world.enable('api', false)
    await world.clock.advance(15_000)
    world.docker.print(world.container('api'), 'still here\n')
    await world.settled()
    expect(world.log('api')).toBe('')
    await world.enable('api', true)
    expect(world.log('api')).toBe('still here')
  })

  it('say once when an engine cannot read them back', async () => {
    let calls = 0
    const world = await serviceWorld({
      file,
      docker: () => ({
        // biome-ignore lint/correctness/useYield: an engine that says no before the first line
        async *logs() {
          calls += 1
          throw new InfraError('docker/refused', 'docker', 'configured logging driver does not support reading')
        },
      }),
    })
    await world.declare('api')
    await world.up('api')
    await world.clock.advance(600_000)
    expect(world.log('api')).toBe(
      'The log of shop-api-1 cannot be read: configured logging driver does not support reading',
    )
    expect(calls).toBe(3)
  })

  it('end with the session', async () => {
    const world = await serviceWorld({ file })
    await world.declare('api', 'db')
    await world.up('api', 'db')
    world.close()
    await world.tasks.ended()
    expect(world.errors).toEqual([])
    expect(world.clock.next()).toBeUndefined()
  })
})
