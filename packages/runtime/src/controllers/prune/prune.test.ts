import { createStore } from '@tiltts/core/store'
import {
  type ImageSpec,
  InfraError,
  type PruneSettingsSpec,
  type ResourceSpec,
  type ResourceStatus,
  type TiltError,
  type TiltfileStatus,
  toApiTime,
  wellKnown,
} from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { Docker, PruneRequest } from '../../ports/docker.js'
import { manualClock } from '../../testing/fake-clock.js'
import { fakeDocker } from '../../testing/fake-docker.js'
import { dockerConnection } from '../docker/connection-controller.js'
import { dockerCluster } from '../docker/docker-cluster.js'
import { createManager } from '../manager.js'
import { createTasks } from '../tasks.js'
import { pruneController } from './prune-controller.js'

const hour = 3_600_000

interface PruneWorldOptions {
  readonly settings?: PruneSettingsSpec
  /** Without images in the config when false. */
  readonly images?: boolean
  readonly docker?: Partial<Docker>
}

async function pruneWorld({ settings, images = true, docker: replaced }: PruneWorldOptions = {}) {
  const clock = manualClock()
  const docker = fakeDocker({ clock })
  let uids = 0
  const store = createStore({ now: clock.now, uid: () => `uid-${++uids}` })
  const errors: TiltError[] = []
  const said: string[] = []
  const requests: PruneRequest[] = []
  const tasks = createTasks((error) => errors.push(error))
  const engine: Docker = {
    ...docker,
    ...replaced,
    prune(request, signal) {
      requests.push(request)
      return (replaced?.prune ?? docker.prune)(request, signal)
    },
  }
  const base = { store, docker: engine, clock, tasks, say: (text: string) => void said.push(text) }
  const connection = dockerConnection(base)
  const prune = pruneController({
    ...base,
    reportLost: connection.reportLost,
    wake: (name) => manager.wake('prune', name),
  })
  const manager = createManager({
    store,
    clock,
    controllers: [connection, prune],
    onFatal: (error) => errors.push(error),
    onRetry: (error) => errors.push(error),
  })
  manager.start()

  const set = (resource: string, status: Partial<ResourceStatus>): Promise<void> => {
    store.update({ by: 'test' }, (tx) => {
      const spec = { images: [{ name: 'api' }] } as unknown as ResourceSpec
      tx.put('Resource', resource, spec, {} as ResourceStatus)
      tx.status('Resource', resource, () => status as ResourceStatus)
    })
    return clock.advance(0)
  }
  store.update({ by: 'test' }, (tx) => {
    tx.put('Cluster', dockerCluster, { connection: { docker: {} } }, {})
    const status = { live: { settings: { prune: settings } } } as unknown as TiltfileStatus
    tx.put('Tiltfile', wellKnown.tiltfile, { path: '/tilt.config.ts', args: [] }, status)
    if (images) tx.put('Image', 'shop_api', { repository: 'shop/api' } as ImageSpec, { stages: [] })
  })
  await clock.advance(0)

  return {
    clock,
    docker,
    store,
    said,
    requests,
    errors,
    prune,
    set,
    tasks,
    /** A whole update of the resource `api` that builds its image, or finds it built. */
    async build(reused = false) {
      await set('api', { queued: 'api-1' })
      await set('api', { current: 'api-1' })
      await clock.advance(1000)
      const result = { ref: '', fingerprint: 'f', buildStartTime: toApiTime(clock.now()), reused }
      store.update({ by: 'test' }, (tx) => tx.status('Image', 'shop_api', (status) => ({ ...status, result })))
      await clock.advance(0)
      await set('api', {})
    },
  }
}

describe('pruning', () => {
  it('PRUNE-01: happens after the first build, then every hour', async () => {
    const world = await pruneWorld()
    await world.clock.advance(3 * hour)
    expect(world.requests).toHaveLength(0)
    await world.build()
    expect(world.requests).toMatchObject([{ repositories: ['shop/api'], now: world.clock.now() }])
    await world.build()
    await world.clock.advance(hour - 10_000)
    expect(world.requests).toHaveLength(1)
    await world.clock.advance(10_000)
    expect(world.requests).toHaveLength(2)
    await world.clock.advance(3 * hour)
    expect(world.requests).toHaveLength(5)
  })

  it('PRUNE-01: happens every so many builds when the config says so', async () => {
    const world = await pruneWorld({ settings: { numBuilds: 3 } })
    for (let i = 0; i < 7; i++) await world.build()
    await world.clock.advance(24 * hour)
    expect(world.requests).toHaveLength(3)
  })

  it('PRUNE-01: counts no image that was there already', async () => {
    const world = await pruneWorld()
    await world.build(true)
    await world.clock.advance(24 * hour)
    expect(world.requests).toHaveLength(0)
  })

  it('PRUNE-01: never happens while an update that builds runs or is queued', async () => {
    const world = await pruneWorld()
    await world.build()
    await world.set('web', { queued: 'web-1' })
    await world.clock.advance(2 * hour)
    expect(world.requests).toHaveLength(1)
    await world.set('web', { current: 'web-1' })
    await world.clock.advance(2 * hour)
    expect(world.requests).toHaveLength(1)
    await world.set('web', {})
    expect(world.requests).toHaveLength(2)
  })

  it('PRUNE-01: is broken off for an update that builds, and begun again after it', async () => {
    let broken = 0
    const world = await pruneWorld({
      docker: {
        prune: (_request, signal) =>
          new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => {
              broken += 1
              reject(signal.reason)
            }),
          ),
      },
    })
    await world.build()
    expect(world.requests).toHaveLength(1)
    await world.set('web', { queued: 'web-1' })
    expect(broken).toBe(1)
    await world.clock.advance(hour)
    expect(world.requests).toHaveLength(1)
    await world.set('web', {})
    expect(world.requests).toHaveLength(2)
    expect(world.said).toEqual([])
  })

  it('PRUNE-01: does not happen when the config switches it off, and does as soon as it allows it', async () => {
    const world = await pruneWorld({ settings: { disable: true } })
    await world.build()
    await world.clock.advance(24 * hour)
    expect(world.requests).toHaveLength(0)
    world.store.update({ by: 'test' }, (tx) =>
      tx.status('Tiltfile', wellKnown.tiltfile, (status) => ({
        ...status,
        live: status.live && { ...status.live, settings: { prune: { keepRecent: 5 } } },
      })),
    )
    await world.clock.advance(0)
    expect(world.requests).toMatchObject([{ keepRecent: 5 }])
  })

  it('PRUNE-01: does not happen for a config without images', async () => {
    const world = await pruneWorld({ images: false })
    await world.set('api', { current: 'api-1' })
    await world.set('api', {})
    await world.clock.advance(24 * hour)
    expect(world.requests).toHaveLength(0)
  })

  it('PRUNE-03: says what was removed, and nothing when nothing was', async () => {
    const world = await pruneWorld()
    const labels = { 'dev.tilt.gc': 'true' }
    for (let i = 0; i < 5; i++) world.docker.image(`shop/api:${i}`, { labels, files: { '/a': `content ${i}` } })
    await world.build()
    expect(world.said).toEqual([])
    await world.clock.advance(7 * hour)
    expect(world.said).toEqual([expect.stringMatching(/^Docker prune: removed 3 images; freed \d+ B$/)])
  })

  it('waits for the engine when it is away, and goes on when it is back', async () => {
    const world = await pruneWorld()
    await world.clock.advance(20_000)
    world.docker.goAway()
    await world.build()
    expect(world.requests).toHaveLength(1)
    await world.clock.advance(60_000)
    expect(world.requests).toHaveLength(1)
    world.docker.comeBack()
    await world.clock.advance(10_000)
    expect(world.requests).toHaveLength(2)
    await world.clock.advance(60_000)
    expect(world.requests).toHaveLength(2)
    expect(world.errors).toEqual([])
  })

  it('says why the engine refused, and tries again when it is due', async () => {
    const world = await pruneWorld({
      docker: { prune: () => Promise.reject(new InfraError('docker/refused', 'docker', 'a prune is running')) },
    })
    await world.build()
    await world.clock.advance(hour)
    expect(world.requests).toHaveLength(2)
    expect(world.said[0]).toBe('Docker could not be pruned: a prune is running')
  })

  it('ends with the session', async () => {
    const world = await pruneWorld({
      docker: {
        prune: (_request, signal) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      },
    })
    await world.build()
    world.prune.close()
    await world.tasks.ended()
    expect(world.errors).toEqual([])
  })
})
