import { describe, expect, it } from 'vitest'
import { simulateSession } from '../../testing/simulate.js'
import { bareWeb, held, sharing, startWeb, target, web, webConfig } from './live-pods.test.support.js'

describe('changed files and pods', () => {
  it('LU-12: build the image when the pod has ended', async () => {
    let work = (): void => {}
    const over = new Promise<void>((resolve) => {
      work = resolve
    })
    const sim = await startWeb({
      config: webConfig({
        objects: [{ ...bareWeb, spec: { ...(bareWeb['spec'] as object), restartPolicy: 'Never' } }],
        resource: { podReadiness: 'ignore' },
      }),
      kubernetes: {
        programs: {
          async serve() {
            await over
            return 0
          },
        },
      },
    })
    work()
    await sim.advance(500)
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(3_000)
    expect(sim.docker.builds()).toHaveLength(2)
    expect(sim.updates('web').at(-1)?.status.liveUpdate).toBeUndefined()
  })

  it('LU-13: are gathered in manual mode, and go into all pods when the resource is triggered', async () => {
    const sim = await startWeb({
      config: webConfig({ objects: [web(2)], resource: { triggerMode: 'manual' } }),
    })
    sim.trigger('web', 'cli')
    await sim.advance(2_000)
    const pods = sim.kubernetes.pods()
    const builds = sim.docker.builds().length
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.edit({ 'web/src/other.js': 'new' })
    await sim.advance(500)
    expect(held(sim)).not.toContain('two')
    sim.trigger('web', 'cli')
    await sim.advance(500)
    expect([held(sim), held(sim, '/app/src/other.js')]).toEqual([
      ['two', 'two'],
      ['new', 'new'],
    ])
    expect(sim.kubernetes.pods()).toEqual(pods)
    expect(sim.docker.builds()).toHaveLength(builds)
  })

  it('LU-14, LU-15: fail as a whole when one pod of many takes nothing in; what came meanwhile is built in, too', async () => {
    const sim = await startWeb({ config: webConfig({ objects: [web(3)] }) })
    const before = sim.kubernetes.pods()
    sim.kubernetes.refuseCopies(target(sim, 1), '/app/src', 'read-only file system')
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.edit({ 'web/src/other.js': 'three' })
    await sim.advance(3_000)
    expect(sim.kubernetes.pods().some((pod) => before.includes(pod))).toBe(false)
    expect(sim.docker.builds().length).toBeGreaterThan(1)
    expect(sim.updates('web').some(({ status }) => status.fallback?.includes('read-only'))).toBe(true)
    const builds = sim.docker.builds().length
    await sim.advance(60_000)
    expect(sim.docker.builds()).toHaveLength(builds)
  })

  it('LU-17: are an update of their own, which changes neither pods nor what is applied', async () => {
    const sim = await startWeb()
    const writes = sim.kubernetes.writes()
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(500)
    expect(sim.kubernetes.writes()).toEqual(writes)
    expect(sim.updates('web').at(-1)).toMatchObject({
      spec: { causes: [{ reason: 'files' }] },
      status: { phase: 'succeeded', liveUpdate: true, steps: [{ name: 'live-update' }] },
    })
    expect(sim.log('web')).toContain('Updated the container: 1 file copied')
  })

  it('LU-18: go by the live update of now when it was changed, and not before the next edit', async () => {
    const sim = await startWeb()
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(500)
    await sim.reload(webConfig({ liveUpdate: { syncs: { 'web/src': '/srv' } } }))
    await sim.advance(1_000)
    expect(held(sim, '/srv/main.js')).toEqual([undefined])
    await sim.edit({ 'web/src/main.js': 'three' })
    await sim.advance(500)
    expect(held(sim, '/srv/main.js')).toEqual(['three'])
    expect(held(sim)).toEqual(['two'])
  })

  it('LU-20: are all kept, however many there are while a pod is busy', async () => {
    let open = (): void => {}
    const busy = new Promise<void>((resolve) => {
      open = resolve
    })
    const install = async (): Promise<number> => {
      await busy
      return 0
    }
    const sim = await startWeb({ config: webConfig({ objects: [web(2)] }), containerPrograms: { install } })
    await sim.edit({ 'web/src/main.js': 'two' })
    for (let n = 0; n < 60; n++) await sim.edit({ [`web/src/${n}.js`]: 'new' })
    open()
    await sim.advance(1_000)
    for (const pod of [0, 1]) {
      const names = Object.keys(sim.kubernetes.filesOf(target(sim, pod))).filter((path) => /\/\d+\.js$/.test(path))
      expect(names).toHaveLength(60)
    }
    expect(sim.docker.builds()).toHaveLength(1)
  })

  it('LU-21: are not tried before the first deploy, and nothing is said of it', async () => {
    const sim = await startWeb({ config: webConfig({ resource: { autoInit: false, triggerMode: 'manual' } }) })
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(500)
    expect(sim.log('web')).toBe('')
    sim.trigger('web', 'cli')
    await sim.advance(2_000)
    expect(sim.updates('web')).toHaveLength(1)
    expect(sim.lines('web').filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
  })

  it('LU-22: are left to a new image when the source of a sync is gone', async () => {
    const sim = await startWeb()
    sim.files.remove('/project/web/src')
    await sim.advance(3_000)
    expect(sim.updates('web').at(-1)?.status.fallback).toBe('/project/web/src, the source of a sync, is gone')
  })

  it('LU-23: of a base image go into the pods of the image that is built upon it', async () => {
    const sim = await simulateSession({
      config(c) {
        c.manifests([web()])
        c.image('shop/base', 'base')
        c.image('shop/web', 'web', { liveUpdate: { syncs: { 'base/lib': '/app/lib', 'web/src': '/app/src' } } })
      },
      files: {
        'base/Dockerfile': 'FROM busybox\nCOPY lib /app/lib\nCOPY etc /etc',
        'base/etc/x': 'one',
        'base/lib/a.js': 'one',
        'web/Dockerfile': 'FROM shop/base\nCOPY src /app/src\nCMD ["serve"]',
        'web/src/main.js': 'one',
      },
      kubernetes: sharing,
    })
    await sim.advance(1_000)
    const pods = sim.kubernetes.pods()
    await sim.edit({ 'base/lib/a.js': 'two' })
    await sim.advance(500)
    expect(held(sim, '/app/lib/a.js')).toEqual(['two'])
    expect(sim.kubernetes.pods()).toEqual(pods)
    expect(sim.docker.builds()).toHaveLength(2)
    await sim.edit({ 'base/etc/x': 'two' })
    await sim.advance(3_000)
    expect(sim.docker.builds()).toHaveLength(4)
    expect(sim.kubernetes.pods()).not.toEqual(pods)
  })
})

describe('several containers of one pod', () => {
  const both = [
    { name: 'main', image: 'shop/web' },
    { name: 'side', image: 'shop/web' },
  ]

  it('LU-02: that run the same image take in changes each by itself, in every pod', async () => {
    const sim = await startWeb({ config: webConfig({ objects: [web(3, both)] }) })
    await sim.edit({ 'web/src/main.js': 'two' })
    await sim.advance(500)
    for (const name of ['main', 'side']) expect(held(sim, '/app/src/main.js', name)).toEqual(['two', 'two', 'two'])
    expect(sim.log('web')).toContain('Updated 6 containers')
  })

  it('LU-02: that run different images take in what belongs to theirs', async () => {
    const sim = await simulateSession({
      config(c) {
        c.manifests([
          web(1, [
            { name: 'main', image: 'shop/web' },
            { name: 'side', image: 'shop/side' },
          ]),
        ])
        c.image('shop/web', 'web', { liveUpdate: { syncs: { 'web/src': '/app/src' } } })
        c.image('shop/side', 'side', { liveUpdate: { syncs: { 'side/src': '/app/src' } } })
      },
      files: {
        'web/Dockerfile': 'FROM busybox\nCOPY src /app/src',
        'web/src/main.js': 'one',
        'side/Dockerfile': 'FROM busybox\nCOPY src /app/src',
        'side/src/main.js': 'one',
      },
      kubernetes: sharing,
    })
    await sim.advance(1_000)
    await sim.edit({ 'web/src/main.js': 'of web' })
    await sim.advance(300)
    await sim.edit({ 'side/src/main.js': 'of side' })
    await sim.advance(300)
    expect(held(sim)).toEqual(['of web'])
    expect(held(sim, '/app/src/main.js', 'side')).toEqual(['of side'])
    await sim.edit({ 'web/src/main.js': 'of web 2', 'side/src/main.js': 'of side 2' })
    await sim.advance(300)
    expect(held(sim)).toEqual(['of web 2'])
    expect(held(sim, '/app/src/main.js', 'side')).toEqual(['of side 2'])
    expect(sim.docker.builds()).toHaveLength(2)
  })
})
