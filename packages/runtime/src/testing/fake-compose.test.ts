import { describe, expect, it } from 'vitest'
import { composeContract } from '../ports/compose.contract.js'
import { manualClock } from './fake-clock.js'
import { type FakeComposeFile, fakeCompose } from './fake-compose.js'
import { type FakeContainerProgram, fakeDocker } from './fake-docker.js'
import { fakeFiles } from './fake-files.js'

composeContract('the fake', async () => {
  // Contracts wait for real; time moves along.
  const clock = manualClock()
  const ticking = setInterval(() => void clock.advance(5), 1)
  const files = fakeFiles()
  const docker = fakeDocker({ clock, files })
  const compose = fakeCompose({ docker, clock, files })
  docker.occupyPort(38_999)
  return {
    compose,
    dir: '/work/shop',
    async write(path, content) {
      files.write(`/work/shop/${path}`, typeof content === 'string' ? content : JSON.stringify(content, undefined, 2))
      return `/work/shop/${path}`
    },
    image: async (ref, version) => docker.image(ref, { files: { '/version': version } }),
    hasImage: async (ref) => (await docker.inspectImage(ref)) !== undefined,
    containers: async (project) =>
      [...docker.all()]
        .filter(({ labels }) => labels['com.docker.compose.project'] === project)
        .sort((one, other) => (one.name < other.name ? -1 : 1))
        .map(({ id, imageId, labels, state: { running, exitCode } }) => ({
          id,
          service: labels['com.docker.compose.service'] ?? '',
          running,
          exitCode,
          imageId,
          configHash: labels['com.docker.compose.config-hash'] ?? '',
        })),
    stop: async (id) => docker.stop(id),
    heal: async (id) => docker.health(id, 'healthy'),
    volumes: async () => compose.volumes(),
    networks: async () => compose.networks(),
    busyPort: async () => 38_999,
    slowDown: () => compose.slow('up', 500),
    elapse: (ms) => clock.advance(ms),
    async close() {
      clearInterval(ticking)
      await docker.close()
    },
  }
})

const never = new AbortController().signal

describe('the fake compose', () => {
  const project = { name: 'shop', dir: '/shop', files: ['/shop/compose.yaml'] }
  const make = (services: FakeComposeFile['services'], mains: Readonly<Record<string, FakeContainerProgram>> = {}) => {
    const clock = manualClock()
    const docker = fakeDocker({ clock })
    const compose = fakeCompose({ docker, projects: { '/shop/compose.yaml': { services } }, mains })
    const request = (names: readonly string[]) => ({ project, services: names, onOutput: () => {} })
    const up = (...names: readonly string[]) => compose.up({ ...request(names), wait: false, recreate: false }, never)
    return { clock, docker, compose, up }
  }

  it('has the main process of a service do what a test says', async () => {
    const { clock, compose, up } = make(
      { migrate: { image: 'busybox' }, db: { image: 'busybox', healthcheck: {} } },
      {
        migrate: (self) => self.stdout('done\n'),
        db: async (self) => {
          await self.clock.sleep(100)
          self.health('healthy', 'accepts connections')
          return self.forever()
        },
      },
    )
    await up('migrate', 'db')
    await clock.advance(50)
    const state = (service: string) => compose.containersOf('shop', service)[0]?.state
    expect(state('migrate')).toMatchObject({ status: 'exited', exitCode: 0 })
    expect(state('db')).toMatchObject({ status: 'running', healthStatus: 'starting' })
    await clock.advance(50)
    expect(state('db')).toMatchObject({ healthStatus: 'healthy', healthOutput: 'accepts connections' })
  })

  it('fails where a test says so, with its words, until it says otherwise', async () => {
    const { compose, docker, up } = make({ a: { image: 'busybox' }, b: { image: 'busybox' } })
    compose.fail('up', 'no space left on device', 'a')
    expect(await up('a')).toEqual({ exitCode: 1, error: 'no space left on device' })
    expect(await up('b')).toEqual({ exitCode: 0 })
    compose.fail('up', undefined, 'a')
    expect(await up('a')).toEqual({ exitCode: 0 })
    compose.missing('docker compose is not there')
    await expect(up('a')).rejects.toMatchObject({ code: 'compose/missing' })
    compose.missing(undefined)
    docker.goAway()
    await expect(up('a')).rejects.toMatchObject({ code: 'docker/unreachable' })
    expect(compose.calls().map(({ verb, services }) => [verb, ...services])).toEqual([
      ['up', 'a'],
      ['up', 'b'],
      ['up', 'a'],
      ['up', 'a'],
    ])
  })

  it('takes a compose file that a test has changed', async () => {
    const { compose, up } = make({ a: { image: 'busybox' } })
    await up('a')
    const [before] = compose.containersOf('shop', 'a')
    compose.write('/shop/compose.yaml', { services: { a: { image: 'busybox', restart: 'always' } } })
    await up('a')
    const [after] = compose.containersOf('shop', 'a')
    expect(after?.id).not.toBe(before?.id)
    compose.write('/shop/compose.yaml', undefined)
    expect((await compose.load(project, never)).diagnostics).toMatchObject([{ code: 'compose/invalid' }])
  })
})
