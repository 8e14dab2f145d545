import { describe, expect, it } from 'vitest'
import { type Simulation, simulateSession } from '../../testing/simulate.js'
import { type Config, held, startWeb as start, target, web, webConfig } from './live-pods.test.support.js'

const config = (replicas = 1): Config => webConfig({ objects: [web(replicas)] })

describe('the containers of pods', () => {
  it('LU-02: take in changed files each by itself, without a new image or a new pod', async () => {
    const sim = await start({ config: config(2) })
    const before = sim.kubernetes.pods()
    expect(before).toHaveLength(2)
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(100)
    expect(held(sim)).toEqual(['two', 'two'])
    expect(sim.kubernetes.pods()).toEqual(before)
    expect(sim.docker.builds()).toHaveLength(1)
    expect(sim.updates('web').at(-1)?.status).toMatchObject({ phase: 'succeeded', liveUpdate: true })
    expect(sim.log('web')).toContain('[CMD 1/1] install')
  })

  it('LU-02: are left alone when they run another image', async () => {
    const both = [
      { name: 'main', image: 'shop/web' },
      { name: 'proxy', image: 'nginx' },
    ]
    const sim = await start({
      config(c) {
        c.manifests([web(1, both)])
        c.image('shop/web', 'web', { liveUpdate: { syncs: { 'web/src': '/app/src' } } })
      },
    })
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(100)
    expect(held(sim)).toEqual(['two'])
    expect(sim.kubernetes.filesOf(target(sim, 0, 'proxy'))).toEqual({})
  })

  it('LU-03: get what was synced into those before them', async () => {
    const sim = await start()
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(100)
    sim.kubernetes.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: target(sim).pod })
    await sim.advance(1_000)
    expect(held(sim)).toEqual(['two'])
    expect(sim.docker.builds()).toHaveLength(1)
  })

  it('LU-03: get it again when a container was restarted in its pod', async () => {
    const sim = await start()
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(100)
    sim.kubernetes.exit(target(sim), 1)
    await sim.advance(2_000)
    expect(held(sim)).toEqual(['two'])
    expect(sim.docker.builds()).toHaveLength(1)
  })

  it('LU-10: are replaced by those of a new image when one cannot take a file in', async () => {
    const sim = await start({ config: config(2) })
    const before = sim.kubernetes.pods()
    sim.kubernetes.refuseCopies(target(sim, 1), '/app/src', 'read-only file system')
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(2_000)
    expect(sim.docker.builds()).toHaveLength(2)
    expect(sim.kubernetes.pods().some((pod) => before.includes(pod))).toBe(false)
    expect(sim.log('web')).toContain('read-only file system')
  })

  it('LU-11: are replaced by those of a new image when they crash again and again', async () => {
    let broken = true
    const sim = await start({
      kubernetes: { programs: { serve: (self) => (broken ? 3 : self.forever()) } },
    })
    await sim.advance(15_000)
    broken = false
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(2_000)
    expect(sim.docker.builds()).toHaveLength(2)
    expect(sim.row('web')).toMatchObject({ runtimeStatus: 'ok' })
  })

  it('LU-16: hold all files of an initial sync as soon as they run', async () => {
    const sim = await start({
      config(c) {
        c.manifests([web(2)])
        c.image('shop/web', 'web', { liveUpdate: { syncs: { 'web/src': '/app/src' }, initialSync: true } })
      },
    })
    await sim.advance(1_000)
    expect(held(sim)).toEqual(['one', 'one'])
  })
})

describe('a session', () => {
  it('CI-05: succeeds when the pods of all resources have stayed ready for a moment', async () => {
    const sim = await start({ command: 'ci' })
    expect(sim.row('web')).toMatchObject({ runtimeStatus: 'ok' })
    expect(sim.outcome()).toBeUndefined()
    await sim.advance(2_000)
    expect(sim.outcome()).toMatchObject({ exitCode: 0 })
  })

  it('CI-03: fails as soon as an image cannot be pulled, and says it first', async () => {
    const sim = await simulateSession({
      command: 'ci',
      config: (c) => c.manifests([web(1, [{ name: 'main', image: 'nowhere/web:1' }])]),
      ports(ports) {
        ;(ports.kubernetes as Simulation['kubernetes']).missingImage('nowhere/web:1', 'not found')
        return ports
      },
    })
    await sim.advance(5_000)
    expect(sim.outcome()).toMatchObject({ exitCode: 1, reason: expect.stringContaining('cannot pull the image') })
  })

  it('RDEP-01: starts what depends on pods when they are ready', async () => {
    const sim = await simulateSession({
      config(c) {
        c.manifests([web(1)])
        c.local('test', { cmd: 'test', needs: ['web'] })
      },
      kubernetes: { programs: {}, startMs: 500 },
      programs: { test: () => 0 },
    })
    await sim.advance(700)
    expect(sim.started()).not.toContain('test')
    await sim.advance(2_000)
    expect(sim.started()).toContain('test')
  })

  it('PF-04: opens no local port when it is told so, and closes those it has opened at its end', async () => {
    const forwarded: Config = (c) => {
      c.manifests([web(1)])
      c.k8sResource('web', { forwards: [8080] })
    }
    const on = await simulateSession({ config: forwarded })
    await on.advance(1_000)
    expect(on.listeners.ports()).toEqual([8080])
    await on.stop()
    expect(on.listeners.ports()).toEqual([])
    const off = await simulateSession({ config: forwarded, portForwards: false })
    await off.advance(1_000)
    expect(off.listeners.ports()).toEqual([])
  })
})
