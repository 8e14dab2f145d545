import { InfraError } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { serviceWorld } from '../compose/services.test.support.js'

const unreachable = new InfraError('docker/unreachable', 'docker', 'nothing answers', { retry: true })

describe('the connection to the Docker engine', () => {
  it('is asked for when something needs it, and then known by version and architecture', async () => {
    let asked = 0
    const world = await serviceWorld({
      docker: (docker) => ({
        info: (signal) => {
          asked += 1
          return docker.info(signal)
        },
      }),
    })
    await world.clock.advance(60_000)
    expect(asked).toBe(0)
    await world.declare()
    expect(world.cluster()).toEqual({ connectedAt: '2026-01-01T00:01:00.000000Z', arch: 'amd64', version: '26.1.5' })
    await world.clock.advance(600_000)
    expect(asked).toBe(1)
    expect(world.log()).toBe('')
  })

  it('says once that the engine is away and once that it is back, and tries again after 0.5 s, doubled, at most 10 s', async () => {
    const tries: number[] = []
    const world = await serviceWorld({
      docker: (docker) => ({
        info: (signal) => {
          tries.push(world.clock.now())
          return docker.info(signal)
        },
      }),
    })
    world.docker.goAway()
    await world.declare()
    await world.clock.advance(40_000)
    const gaps = tries.slice(1).map((at, index) => at - (tries[index] ?? 0))
    expect(gaps).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000])
    expect(world.cluster()).toEqual({
      error: 'nothing answers at unix:///var/run/docker.sock',
      errorSince: '2026-01-01T00:00:00.000000Z',
    })
    expect(world.log()).toBe(
      'nothing answers at unix:///var/run/docker.sock\nWhat needs Docker waits for it, and goes on by itself',
    )
    world.docker.comeBack()
    await world.clock.advance(10_000)
    expect(world.cluster()?.error).toBeUndefined()
    expect(world.cluster()?.connectedAt).toBeDefined()
    expect(world.log().split('\n').slice(2)).toEqual(['Docker answers again (version 26.1.5)'])
  })

  it('is lost at once when a call tells so, and asked for at once after it was sound for a while', async () => {
    const world = await serviceWorld()
    await world.declare()
    await world.clock.advance(10_000)
    world.docker.goAway()
    world.connection.reportLost(unreachable)
    expect(world.cluster()).toMatchObject({ error: 'nothing answers' })
    world.connection.reportLost(unreachable)
    world.docker.comeBack()
    await world.settled()
    expect(world.cluster()?.error).toBeUndefined()
    expect(world.log().match(/answers again/g)).toHaveLength(1)
  })

  it('does not spin when calls fail while the engine says that it is well', async () => {
    let asked = 0
    const world = await serviceWorld({
      docker: (docker) => ({
        info: (signal) => {
          asked += 1
          return docker.info(signal)
        },
      }),
    })
    await world.declare()
    for (let i = 0; i < 1000; i++) {
      world.connection.reportLost(unreachable)
      await world.clock.advance(10)
    }
    expect(asked).toBeLessThan(10)
  })

  it('counts an engine that takes the connection and is silent as one that does not answer', async () => {
    const world = await serviceWorld({
      docker: () => ({
        info: (signal) =>
          new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      }),
    })
    await world.declare()
    await world.clock.advance(10_000)
    expect(world.cluster()?.error).toBe('the Docker engine gives no answer within 10 s')
  })

  it('is not asked for any more when nothing needs it, or the session ends', async () => {
    const world = await serviceWorld()
    world.docker.goAway()
    await world.declare()
    world.store.update({ by: 'test' }, (tx) => tx.delete('Cluster', 'docker'))
    await world.settled()
    expect(world.clock.next()).toBeUndefined()
    await world.declare()
    expect(world.cluster()?.error).toBeDefined()
    world.close()
    await world.tasks.ended()
    expect(world.clock.next()).toBeUndefined()
    expect(world.errors).toEqual([])
  })
})
