import { describe, expect, it } from 'vitest'
import { dockerContract } from '../ports/docker.contract.js'
import type { BuildEvent, ImageBuildRequest } from '../ports/image-build.js'
import { manualClock } from './fake-clock.js'
import { type FakeContainerProgram, type FakeDockerOptions, fakeDocker } from './fake-docker.js'
import { fakeFiles } from './fake-files.js'

const prints: FakeContainerProgram = async (self) => {
  self.stdout('out\n')
  await self.clock.sleep(5, self.ended)
  self.stderr('err\n')
  return 3
}

dockerContract('the fake', async () => {
  // Contracts wait for real; time moves along.
  const clock = manualClock()
  const ticking = setInterval(() => void clock.advance(5), 1)
  const files = fakeFiles()
  const docker = fakeDocker({
    clock,
    files,
    programs: {
      waits: (self) => self.forever(),
      prints,
      partial: (self) => self.stdout('no end'),
      async ticks(self) {
        for (let tick = 1; !self.ended.aborted; tick++) {
          self.stdout(`tick ${tick}\n`)
          await self.clock.sleep(20, self.ended)
        }
      },
    },
  })
  return {
    docker,
    name: 'fake',
    programs: { waits: ['waits'], prints: ['prints'], partial: ['partial'], ticks: ['ticks'], missing: ['none'] },
    image: async (ref, options) => docker.image(ref, options),
    removeImage: async (ref) => docker.removeImage(ref),
    async run({ argv, image, labels, healthcheck }) {
      const id = docker.createContainer({ cmd: argv, image, healthcheck, labels: { fake: 'fake', ...labels } })
      docker.start(id)
      return id
    },
    start: async (id) => docker.start(id),
    stop: async (id) => docker.stop(id),
    pause: async (id) => docker.pause(id),
    remove: async (id) => docker.removeContainer(id),
    health: async (id, state, output) => docker.health(id, state, output),
    read: async (id, path) => docker.filesOf(id)[path],
    async write(path, text, mode) {
      files.write(`/work/${path}`, text)
      if (mode !== undefined) files.chmod(`/work/${path}`, mode)
      return `/work/${path}`
    },
    async mkdir(path) {
      files.mkdir(`/work/${path}`)
      return `/work/${path}`
    },
    async link(path, target) {
      files.symlink(target, `/work/${path}`)
      return `/work/${path}`
    },
    elapse: (ms) => clock.advance(ms),
    now: clock.now,
    async close() {
      clearInterval(ticking)
      await docker.close()
    },
  }
})

const never = new AbortController().signal

function engine(options: Partial<FakeDockerOptions> = {}) {
  const clock = manualClock()
  const files = fakeFiles({ '/app/main.js': 'main', '/app/lib/a.js': 'a', '/app/node_modules/x.js': 'x' })
  const docker = fakeDocker({ clock, files, ...options })
  const events: BuildEvent[] = []
  const build = (dockerfile: string, request: Partial<ImageBuildRequest> = {}) =>
    docker.build(
      {
        name: 'shop/api',
        context: { folder: '/app', ignored: (path) => path.includes('node_modules'), prunes: () => false },
        dockerfile,
        dockerfilePath: '/app/Dockerfile',
        buildArgs: {},
        target: undefined,
        platform: undefined,
        network: undefined,
        pull: false,
        cacheFrom: [],
        extraHosts: [],
        ssh: [],
        secrets: [],
        labels: {},
        tags: ['shop/api:dev'],
        ...request,
      },
      (event) => events.push(event),
      never,
    )
  const imageOf = async (...args: Parameters<typeof build>): Promise<string> => {
    const outcome = await build(...args)
    if (!outcome.ok) throw new Error(outcome.failure.message)
    return outcome.imageId
  }
  const filesOf = (image: string) => docker.filesOf(docker.createContainer({ image }))
  const stepStates = () => events.flatMap((event) => (event.kind === 'step' ? [`${event.name}: ${event.state}`] : []))
  return { clock, files, docker, events, build, imageOf, filesOf, stepStates }
}

describe('the fake builder', () => {
  it('puts into an image what the Dockerfile copies, without what the context leaves out', async () => {
    const { imageOf, filesOf } = engine()
    const id = await imageOf('FROM busybox\nWORKDIR /srv\nCOPY . .\nCOPY main.js lib /two/\n')
    expect(filesOf(id)).toEqual({
      '/etc/image': 'busybox:latest',
      '/srv/main.js': 'main',
      '/srv/lib/a.js': 'a',
      '/two/main.js': 'main',
      '/two/a.js': 'a',
    })
  })

  it('makes the same image of the same inputs, and another of others', async () => {
    const { files, docker, imageOf } = engine()
    const dockerfile = 'FROM busybox\nARG MODE\nENV MODE=$MODE\nCOPY main.js /\nCMD ["main"]\n'
    const first = await imageOf(dockerfile)
    files.write('/app/main.js', 'main')
    expect(await imageOf(dockerfile)).toBe(first)
    files.write('/app/main.js', 'other')
    const others = [
      await imageOf(dockerfile),
      await imageOf(dockerfile, { buildArgs: { MODE: 'x' } }),
      await imageOf(dockerfile, { labels: { a: 'b' } }),
      await imageOf(dockerfile, { platform: 'linux/arm64' }),
    ]
    expect(new Set([first, ...others]).size).toBe(5)
    expect((await docker.inspectImage('shop/api:dev'))?.id).toBe(others[3])
    expect(docker.builds()).toHaveLength(6)
  })

  it('builds the stages that the target needs, and copies between them', async () => {
    const { imageOf, filesOf, stepStates } = engine()
    const stages = [
      'FROM node:20 AS build',
      'COPY main.js /src/',
      'FROM busybox AS unused',
      'RUN false',
      'FROM busybox AS final',
      'COPY --from=build /src /app',
    ]
    const id = await imageOf(stages.join('\n'), { target: 'final' })
    expect(filesOf(id)).toMatchObject({ '/app/main.js': 'main' })
    expect(stepStates().some((step) => step.includes('false'))).toBe(false)
    expect(filesOf(await imageOf(stages.join('\n'), { target: 'build' }))).toMatchObject({ '/src/main.js': 'main' })
  })

  it('runs programs, and takes a step from the cache when nothing before it has changed', async () => {
    const { files, imageOf, filesOf, events, stepStates } = engine({
      programs: {
        'npm ci': (self) => {
          self.stdout('added 3 packages\n')
          self.write('/node_modules/x', 'x')
        },
      },
    })
    const dockerfile = 'FROM node:20\nRUN npm ci\nCOPY main.js /\n'
    await imageOf(dockerfile)
    expect(events).toContainEqual({ kind: 'output', step: '2', text: 'added 3 packages\n', stream: 'stdout' })
    files.write('/app/main.js', 'new')
    events.length = 0
    const id = await imageOf(dockerfile)
    expect(stepStates()).toEqual([
      '[1/3] FROM node:20: cached',
      '[2/3] RUN npm ci: cached',
      '[3/3] COPY main.js /: running',
      '[3/3] COPY main.js /: done',
    ])
    expect(filesOf(id)).toMatchObject({ '/node_modules/x': 'x', '/main.js': 'new' })
  })

  it.each([
    ['FROM busybox\nRUN true\nRUN false\n', 'image/build-failed', 3, 'exit code: 1'],
    ['FROM busybox\nCOPY none /\n', 'image/build-failed', 2, '"/none": not found'],
    ['FROM nobody/none\n', 'image/build-failed', 1, 'nobody/none: not found'],
    ['FROM busybox\n\nCOPPY a b\n', 'config/invalid-dockerfile', 3, 'unknown instruction: COPPY'],
  ])('tells what is wrong with %j, and where', async (dockerfile, code, line, message) => {
    const { build, docker } = engine()
    const outcome = await build(dockerfile)
    expect(outcome).toMatchObject({ ok: false, failure: { code, places: [{ file: '/app/Dockerfile', line }] } })
    expect(outcome.ok || outcome.failure.message).toContain(message)
    expect(await docker.inspectImage('shop/api:dev')).toBeUndefined()
  })

  it('adds files that are not in the context', async () => {
    const { imageOf, filesOf } = engine()
    const extra = [{ path: '.helper', file: '/app/node_modules/x.js', mode: 0o755 }]
    const context = { folder: '/app', ignored: () => true, prunes: () => true, extra }
    expect(filesOf(await imageOf('FROM scratch\nCOPY .helper /helper\n', { context }))).toEqual({ '/helper': 'x' })
  })

  it('breaks off when it is aborted, and when the engine goes away', async () => {
    const { docker, build } = engine({ programs: { wait: (self) => self.forever() } })
    const abort = new AbortController()
    const gone = build('FROM busybox\nRUN wait\n')
    gone.catch(() => {})
    await new Promise(setImmediate)
    docker.goAway()
    await expect(gone).rejects.toMatchObject({ code: 'docker/unreachable', retry: true })
    docker.comeBack()
    abort.abort(new Error('enough'))
    await expect(docker.push('shop/api:dev', () => {}, abort.signal)).rejects.toThrow('enough')
  })
})

describe('the fake engine', () => {
  it('restarts what failed as the policy says, and counts', async () => {
    const { clock, docker } = engine({ programs: { crash: () => 2 } })
    const id = docker.createContainer({ cmd: ['crash'], restart: 'on-failure:2' })
    docker.start(id)
    await clock.advance(0)
    expect((await docker.inspectContainer(id))?.state).toMatchObject({ status: 'restarting', restartCount: 0 })
    await clock.advance(1000)
    expect((await docker.inspectContainer(id))?.state).toMatchObject({
      status: 'exited',
      exitCode: 2,
      restartCount: 2,
    })
  })

  it('tells nobody of what happens while it is away, and shows it afterwards', async () => {
    const { docker } = engine()
    const id = docker.createContainer({ labels: { app: 'web' } })
    docker.start(id)
    const told: string[] = []
    const watch = await docker.watchContainers({ app: 'web' }, ({ what }) => told.push(what))
    docker.goAway()
    await expect(watch.ended).rejects.toMatchObject({ code: 'docker/unreachable' })
    docker.exit(id, 1)
    await expect(docker.inspectContainer(id)).rejects.toMatchObject({ code: 'docker/unreachable' })
    docker.comeBack()
    expect(told).toEqual([])
    expect((await docker.inspectContainer(id))?.state).toMatchObject({ status: 'exited', exitCode: 1 })
  })

  it('gives free ports, and refuses taken ones', async () => {
    const { docker } = engine()
    const port = { containerPort: 80, hostPort: 0, hostIP: '0.0.0.0', protocol: 'tcp' }
    const [one, two] = [docker.createContainer({ ports: [port] }), docker.createContainer({ ports: [port] })]
    docker.start(one)
    docker.start(two)
    const ports = docker.all().map((container) => container.ports[0]?.hostPort ?? 0)
    expect(new Set(ports).size).toBe(2)
    const third = docker.createContainer({ ports: [{ ...port, hostPort: ports[0] ?? 0 }] })
    expect(() => docker.start(third)).toThrow('port is already allocated')
    docker.stop(one)
    docker.start(third)
    expect((await docker.inspectContainer(third))?.ports[0]?.hostPort).toBe(ports[0])
  })

  it('refuses copies to where a test says so', async () => {
    const { docker } = engine()
    const id = docker.createContainer()
    docker.start(id)
    const channel = await docker.openContainer(id, never)
    docker.refuseCopies(id, '/srv', 'read-only file system')
    const entry = { localPath: '/app/main.js', containerPath: '/srv/main.js' }
    await expect(channel.copy([entry], never)).rejects.toMatchObject({
      code: 'container/copy-failed',
      message: '/srv/main.js: read-only file system',
    })
    await channel.copy([{ ...entry, containerPath: '/other/main.js' }], never)
    expect(docker.filesOf(id)).toMatchObject({ '/other/main.js': 'main' })
  })

  it('restarts a process in place where the container can', async () => {
    const { clock, docker } = engine({ programs: { serve: (self) => self.forever() } })
    const id = docker.createContainer({ cmd: ['serve'], canRestartProcess: true })
    docker.start(id)
    await clock.advance(0)
    const before = docker.all()[0]?.state
    await (await docker.openContainer(id, never)).restartProcess(never)
    await clock.advance(0)
    expect(docker.all()[0]?.state).toEqual(before)
    expect(docker.restartsInPlace(id)).toBe(1)
    const other = docker.createContainer()
    docker.start(other)
    const channel = await docker.openContainer(other, never)
    expect(channel.canRestartProcess).toBe(false)
    await expect(channel.restartProcess(never)).rejects.toMatchObject({ code: 'container/run-failed' })
  })

  it('pushes to a registry that images can be pulled from', async () => {
    const { docker, imageOf } = engine()
    const id = await imageOf('FROM busybox\nCOPY main.js /\n')
    await docker.push('shop/api:dev', () => {}, never)
    docker.removeImage(id)
    expect(await docker.inspectImage(id)).toBeUndefined()
    expect(await docker.pull('shop/api:dev', () => {}, never)).toBe(id)
    docker.refusePushes('denied: requested access to the resource is denied')
    await expect(docker.push('shop/api:dev', () => {}, never)).rejects.toMatchObject({ code: 'image/push-failed' })
    await expect(docker.pull('shop/none:1', () => {}, never)).rejects.toMatchObject({ code: 'docker/refused' })
  })
})
