import type { CustomImageNode } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { fakeRecords } from '../../testing/fake-records.js'
import type { SimulateOptions, Simulation } from '../../testing/simulate.js'
import { simulateSession } from '../../testing/simulate.js'

const files = {
  'api/Dockerfile': 'FROM busybox\nCOPY package.json /app/\nCOPY src /app/src\nCMD ["serve"]',
  'api/src/main.js': 'one',
  'api/package.json': '{}',
}
const composeFiles = { 'compose.yaml': { services: { api: { image: 'shop/api' }, db: { image: 'busybox' } } } }
const config: SimulateOptions['config'] = (c) => {
  c.compose('compose.yaml')
  c.image('shop/api', 'api', {
    liveUpdate: { syncs: { 'api/src': '/app/src' }, runs: { install: ['api/src/deps.txt'] } },
  })
}

async function start(options: Partial<SimulateOptions> = {}): Promise<Simulation> {
  const sim = await simulateSession({ config, files, composeFiles, ...options })
  await sim.advance(1000)
  return sim
}

const container = (sim: Simulation, service = 'api') => sim.compose.containersOf('project', service)[0]

describe('services of compose', () => {
  it('DC-01, BLD-16: are started with the images that were built for them, each by itself', async () => {
    const sim = await start()
    expect(sim.updates('api').map(({ status }) => status.phase)).toEqual(['succeeded'])
    expect(sim.updates('db').map(({ status }) => status.phase)).toEqual(['succeeded'])
    expect(sim.docker.builds()).toHaveLength(1)
    const image = await sim.docker.inspectImage('shop/api:latest')
    expect(container(sim)?.imageId).toBe(image?.id)
    expect(image?.labels).toMatchObject({ 'dev.tilt.built': 'true', 'dev.tilt.gc': 'true' })
    expect(image?.tags.some((tag) => /^shop\/api:tilt-[0-9a-f]{16}$/.test(tag))).toBe(true)
  })

  it('LU-17: take changed files in without a new image, as an update of their own', async () => {
    const sim = await start()
    const before = container(sim)?.id ?? ''
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(100)
    expect(sim.docker.filesOf(before)['/app/src/main.js']).toBe('two')
    expect(container(sim)?.id).toBe(before)
    expect(sim.docker.builds()).toHaveLength(1)
    expect(sim.updates('api').at(-1)).toMatchObject({
      spec: { causes: [{ reason: 'files' }] },
      status: { phase: 'succeeded', liveUpdate: true },
    })
  })

  it('LU-04: take in whatever is edited while they are updated, however often: that is no circle', async () => {
    const sim = await start({ containerPrograms: { install: () => 0 } })
    const before = container(sim)?.id ?? ''
    for (let turn = 0; turn < 12; turn++) {
      await sim.edit({ 'api/src/main.js': `edit ${turn}` })
      await sim.advance(25)
    }
    await sim.advance(100)
    expect(sim.docker.filesOf(before)['/app/src/main.js']).toBe('edit 11')
    expect(sim.resource('api').paused).toBeUndefined()
    expect(sim.docker.builds()).toHaveLength(1)
  })

  it('LU-03: a container that somebody made by hand gets what the one before it had', async () => {
    const sim = await start()
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(100)
    const before = container(sim)?.id ?? ''
    const request = {
      project: { name: 'project', dir: '/project', files: ['/project/compose.yaml'] },
      services: ['api'],
    }
    await sim.compose.up({ ...request, wait: false, recreate: true, onOutput: () => {} }, new AbortController().signal)
    await sim.advance(1000)
    const after = container(sim)?.id ?? ''
    expect(after).not.toBe(before)
    expect(sim.docker.filesOf(after)['/app/src/main.js']).toBe('two')
    expect(sim.docker.builds()).toHaveLength(1)
  })

  it('LU-05: are built anew when a file fits into no sync, and say which', async () => {
    const sim = await start()
    const before = container(sim)?.id
    await sim.edit({ 'api/package.json': '{"a":1}' })
    await sim.advance(1000)
    expect(sim.docker.builds()).toHaveLength(2)
    expect(container(sim)?.id).not.toBe(before)
    expect(sim.updates('api').at(-1)?.status).toMatchObject({
      phase: 'succeeded',
      fallback: 'no sync takes in /project/api/package.json',
    })
  })

  it('LU-09: keep the image when a command of the live update fails, and run it again with the next edit', async () => {
    let fails = true
    const sim = await start({ containerPrograms: { install: () => (fails ? 3 : 0) } })
    await sim.edit({ 'api/src/deps.txt': 'a' })
    await sim.advance(100)
    expect(sim.updates('api').at(-1)?.status).toMatchObject({ phase: 'failed', exitCode: 3, liveUpdate: true })
    expect(sim.docker.builds()).toHaveLength(1)
    fails = false
    await sim.edit({ 'api/src/main.js': 'three' })
    await sim.advance(100)
    expect(sim.updates('api').at(-1)?.status).toMatchObject({ phase: 'succeeded', liveUpdate: true })
    expect(sim.log('api')).toMatch(/install[\s\S]*install/)
  })

  it('are neither built nor started anew when nothing has changed since the last session', async () => {
    const records = fakeRecords()
    const first = await start({ records })
    const id = container(first)?.id
    const second = await start({
      records,
      ports: (ports) => ({ ...ports, docker: first.docker, compose: first.compose }),
    })
    expect(first.docker.builds()).toHaveLength(1)
    expect(container(first)?.id).toBe(id)
    expect(first.compose.calls().filter(({ verb }) => verb === 'up')).toHaveLength(2)
    expect(second.updates('api')[0]?.status).toMatchObject({ phase: 'succeeded' })
  })

  it('are built again when a file changed while the image was built: nobody knows which state went into it', async () => {
    let builds = 0
    const sim = await simulateSession({
      config,
      files,
      composeFiles,
      ports: (ports) => ({
        ...ports,
        docker: {
          ...ports.docker,
          async build(...build) {
            const end = await ports.docker.build(...build)
            if (++builds > 1) return end
            const path = '/project/api/package.json'
            // Back to what it was before.
            const text = (await ports.files.readText(path)) ?? ''
            ;(ports.files as Simulation['files']).write(path, text)
            return end
          },
        },
      }),
    })
    await sim.advance(1000)
    expect(sim.docker.builds()).toHaveLength(2)
    await sim.stop()
  })

  it('hold what is here when a session begins, whatever an earlier one has synced', async () => {
    const records = fakeRecords()
    const first = await start({ records })
    const id = container(first)?.id ?? ''
    await first.edit({ 'api/src/main.js': 'B' })
    await first.advance(100)
    expect(first.docker.filesOf(id)['/app/src/main.js']).toBe('B')
    await first.stop()
    // The engine of the first session looks at its files; the second one has files of its own, as they were.
    first.files.write('/project/api/src/main.js', 'one')
    await start({ records, ports: (ports) => ({ ...ports, docker: first.docker, compose: first.compose }) })
    expect(container(first)?.id).toBe(id)
    expect(first.docker.filesOf(id)['/app/src/main.js']).toBe('one')
  })

  it('get a new container when a session begins and what was synced into the old one cannot be corrected', async () => {
    const records = fakeRecords()
    const first = await start({ records })
    const id = container(first)?.id ?? ''
    await first.edit({ 'api/src/main.js': 'B' })
    await first.advance(100)
    await first.stop()
    first.docker.refuseCopies(id, '/app/src', 'read-only file system')
    first.files.write('/project/api/src/main.js', 'one')
    const { docker, compose } = first
    const second = await start({ records, ports: (ports) => ({ ...ports, docker, compose }) })
    expect(container(first)?.id).not.toBe(id)
    expect(docker.filesOf(container(first)?.id ?? '')['/app/src/main.js']).toBe('one')
    expect(docker.builds()).toHaveLength(1)
    expect(second.log('api')).toContain('read-only file system')
  })

  it('HOLD-07: wait for an engine that is not there, and go on when it comes', async () => {
    const sim = await simulateSession({
      config,
      files,
      composeFiles,
      ports: (ports) => {
        ;(ports.docker as Simulation['docker']).goAway()
        return ports
      },
    })
    await sim.advance(2000)
    expect(sim.resource('api').hold?.reason).toBe('waiting-for-cluster')
    expect(sim.docker.builds()).toHaveLength(0)
    sim.docker.comeBack()
    await sim.advance(15_000)
    expect(sim.updates('api')[0]?.status.phase).toBe('succeeded')
  })

  it('CB-07: take changes in without a builder where their image is only synced into, of which nothing is claimed', async () => {
    const image: CustomImageNode = {
      build: 'custom',
      ref: 'busybox',
      place: undefined,
      command: undefined,
      dir: '/project',
      env: {},
      deps: ['/project/api'],
      ignores: [],
      imageDeps: [],
      matchInEnvVars: false,
      skipsLocalDocker: false,
      disablePush: false,
      liveUpdate: {
        syncs: [{ localPath: '/project/api', containerPath: '/app', ignores: [] }],
        runs: [],
        stopPaths: [],
        initialSync: false,
        place: undefined,
      },
    }
    const sim = await start({
      config: (c) => {
        c.compose('compose.yaml')
        c.graph({ images: [image] })
      },
      composeFiles: { 'compose.yaml': { services: { db: { image: 'busybox' } } } },
    })
    await sim.edit({ 'api/src/main.js': 'two' })
    await sim.advance(1000)
    expect(sim.docker.filesOf(container(sim, 'db')?.id ?? '')['/app/src/main.js']).toBe('two')
    expect(sim.docker.builds()).toHaveLength(0)
    expect(sim.log('db')).not.toContain('is up to date')
  })

  it('EVAL-06: are loaded without an engine, and what does not need one runs', async () => {
    const sim = await simulateSession({
      config: (c) => {
        config(c)
        c.local('lint', { cmd: 'true' })
      },
      files,
      composeFiles,
      ports: (ports) => {
        ;(ports.docker as Simulation['docker']).goAway()
        return ports
      },
    })
    await sim.advance(2000)
    expect(sim.store.get('Tiltfile', '(Tiltfile)')?.status.diagnostics).toEqual([])
    expect(sim.updates('lint').map(({ status }) => status.phase)).toEqual(['succeeded'])
    expect(sim.resource('db').hold?.reason).toBe('waiting-for-cluster')
  })
})
