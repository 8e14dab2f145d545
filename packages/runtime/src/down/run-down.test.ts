import type { ComposeNode } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { manualClock } from '../testing/fake-clock.js'
import { type FakeCompose, type FakeComposeFile, fakeCompose } from '../testing/fake-compose.js'
import { fakeConfigHost, fakeServerName } from '../testing/fake-config-host.js'
import { type FakeDocker, fakeDocker } from '../testing/fake-docker.js'
import { fakeFiles } from '../testing/fake-files.js'
import { type FakeProgram, fakeProcesses } from '../testing/fake-processes.js'
import { type SimulatedScript, simulatedScript } from '../testing/simulated-config.js'
import { runDown } from './run-down.js'

const mainPath = '/project/tilt.config.ts'

async function down(
  config: SimulatedScript,
  options: {
    readonly programs?: Readonly<Record<string, FakeProgram>>
    readonly args?: readonly string[]
    readonly signal?: AbortSignal
    readonly deleteVolumes?: boolean
    /** Compose files by name. */
    readonly projects?: Readonly<Record<string, FakeComposeFile>>
    readonly before?: (compose: FakeCompose, docker: FakeDocker) => Promise<void> | void
  } = {},
) {
  const clock = manualClock()
  const processes = fakeProcesses({ clock, programs: { rm: () => 0, ...options.programs } })
  const configHost = fakeConfigHost({ clock, processes })
  processes.program(fakeServerName, configHost.serverProgram)
  configHost.write(mainPath, simulatedScript(config, '/project', fakeFiles()))
  const docker = fakeDocker({ clock })
  const projects = Object.entries(options.projects ?? {}).map(([name, file]) => [`/project/${name}`, file] as const)
  const compose = fakeCompose({ docker, clock, projects: Object.fromEntries(projects) })
  await options.before?.(compose, docker)
  let output = ''
  const running = runDown({
    ports: { clock, processes, configHost, compose },
    options: { mainPath, args: options.args ?? [], env: { HOME: '/home' }, deleteVolumes: options.deleteVolumes },
    signal: options.signal,
    onOutput: (text) => {
      output += text
    },
  })
  await clock.advance(60_000)
  const result = await running
  return { result, output, started: processes.table().map(({ argv }) => argv[2]), processes, compose, docker }
}

/** Puts services of a project up, as a session does. */
async function up(compose: FakeCompose, name: string, file: string, ...services: string[]): Promise<void> {
  const project = { name, dir: '/project', files: [`/project/${file}`] }
  const request = { project, services, onOutput: () => {}, wait: false, recreate: false }
  const { error } = await compose.up(request, new AbortController().signal)
  if (error !== undefined) throw new Error(error)
}

function composeNode(name: string, file: string): ComposeNode {
  return { project: { name, files: [`/project/${file}`], dir: '/project' }, wait: false, place: undefined }
}

describe('down', () => {
  it('DOWN-01: evaluates with the command down and runs onDown of enabled resources, dependents before dependencies', async () => {
    const commands: string[] = []
    const { result, started } = await down((c) => {
      commands.push(c.command)
      c.local('web', { cmd: 'true', onDown: 'rm web', needs: ['api'] })
      c.local('db', { cmd: 'true', onDown: 'rm db' })
      c.local('api', { cmd: 'true', onDown: 'rm api', needs: ['db'] })
      c.local('none', { cmd: 'true' })
      c.local('last', { cmd: 'true', onDown: 'rm last' })
    })
    expect(commands).toEqual(['down'])
    expect(started).toEqual(['rm last', 'rm web', 'rm api', 'rm db'])
    expect(result).toEqual({ diagnostics: [], errors: [] })
  })

  it('DOWN-01: leaves out resources that are not enabled', async () => {
    const config: SimulatedScript = (c) => {
      c.local('a', { cmd: 'true', onDown: 'rm a' })
      c.local('b', { cmd: 'true', onDown: 'rm b' })
    }
    expect((await down(config, { args: ['a'] })).started).toEqual(['rm a'])
  })

  it('DOWN-01: a config that fails takes nothing down', async () => {
    const { result, started } = await down((c) => {
      c.local('a', { cmd: 'true', onDown: 'rm a' })
      c.fail('no license')
    })
    expect(started).toEqual([])
    expect(result.diagnostics).toMatchObject([{ severity: 'error', message: 'no license' }])
  })

  it('DOWN-03: collects errors, and goes on with the others', async () => {
    const { result, started, output } = await down(
      (c) => {
        c.local('a', { cmd: 'true', onDown: 'rm a' })
        c.local('b', { cmd: 'true', onDown: 'broken' })
        c.local('c', { cmd: 'true', onDown: 'missing' })
      },
      {
        programs: {
          broken: (self) => {
            self.stderr('cannot\n')
            return 4
          },
        },
      },
    )
    expect(started).toEqual(['missing', 'broken', 'rm a'])
    expect(result.errors).toEqual([
      { resource: 'c', message: 'exit code 127' },
      { resource: 'b', message: 'exit code 4' },
    ])
    expect(output).toContain('b: broken\ncannot\n')
  })

  it('gives the steps the environment of the session', async () => {
    const { processes } = await down((c) => c.local('a', { cmd: 'true', onDown: 'rm a' }))
    expect(processes.table()[0]?.env).toMatchObject({ HOME: '/home', LINES: '24' })
  })

  it('an abort ends the present step and leaves out the rest', async () => {
    const abort = new AbortController()
    const { started } = await down(
      (c) => {
        c.local('a', { cmd: 'true', onDown: 'rm a' })
        c.local('b', { cmd: 'true', onDown: 'stuck' })
      },
      {
        signal: abort.signal,
        programs: {
          stuck: (self) => {
            self.clock.timer(1000, () => abort.abort())
            return self.forever()
          },
        },
      },
    )
    expect(started).toEqual(['stuck'])
  })

  it('DOWN-04: takes down the whole project of any enabled service, after onDown of the resources', async () => {
    const shop = { name: 'shop', services: { api: { image: 'busybox' }, db: { image: 'busybox' } } }
    const other = { name: 'other', services: { mail: { image: 'busybox' } } }
    const order: string[] = []
    const { result, docker, output, compose } = await down(
      (c) => {
        c.graph({ compose: [composeNode('shop', 'shop.json'), composeNode('other', 'other.json')] })
        c.local('a', { cmd: 'true', onDown: 'rm a' })
      },
      {
        args: ['api', 'a'],
        projects: { 'shop.json': shop, 'other.json': other },
        programs: { rm: () => void order.push('rm a') },
        async before(compose) {
          await up(compose, 'shop', 'shop.json', 'api', 'db')
          await up(compose, 'other', 'other.json', 'mail')
          const { down } = compose
          compose.down = (request, signal) => {
            order.push(`down ${request.project.name}`)
            return down(request, signal)
          }
        },
      },
    )
    expect(result).toEqual({ diagnostics: [], errors: [] })
    expect(order).toEqual(['rm a', 'down shop'])
    expect(docker.all().map(({ name }) => name)).toEqual(['other-mail-1'])
    expect(compose.networks()).toEqual(['other_default'])
    expect(output).toContain('compose project shop\n')
  })

  it('DOWN-04: keeps volumes unless told to delete them', async () => {
    const shop = { name: 'shop', services: { db: { image: 'busybox', volumes: ['data:/data'] } } }
    const config: SimulatedScript = (c) => c.compose('shop.json')
    const given = {
      projects: { 'shop.json': shop },
      before: (compose: FakeCompose) => up(compose, 'shop', 'shop.json', 'db'),
    }
    expect((await down(config, given)).compose.volumes()).toEqual(['shop_data'])
    expect((await down(config, { ...given, deleteVolumes: true })).compose.volumes()).toEqual([])
  })

  it('DOWN-04: goes on with the next project when one fails, and says so', async () => {
    const project = (name: string): FakeComposeFile => ({ name, services: { [`s-${name}`]: { image: 'busybox' } } })
    const { result, docker } = await down(
      (c) => c.graph({ compose: [composeNode('b', 'b.json'), composeNode('a', 'a.json')] }),
      {
        projects: { 'a.json': { ...project('a') }, 'b.json': project('b') },
        async before(compose) {
          await up(compose, 'a', 'a.json', 's-a')
          await up(compose, 'b', 'b.json', 's-b')
          const { down } = compose
          compose.down = async (request, signal) =>
            request.project.name === 'a' ? { exitCode: 1, error: 'network in use' } : down(request, signal)
        },
      },
    )
    expect(result.errors).toEqual([{ resource: 'compose project a', message: 'network in use' }])
    expect(docker.all().map(({ name }) => name)).toEqual(['a-s-a-1'])
  })

  it('DOWN-04: a compose file that cannot be read takes nothing down', async () => {
    const { result, started } = await down((c) => {
      c.compose('missing.json')
      c.local('a', { cmd: 'true', onDown: 'rm a' })
    })
    expect(result.diagnostics).toMatchObject([{ code: 'compose/invalid', severity: 'error' }])
    expect(started).toEqual([])
  })

  it('an engine that is away is an error of the project', async () => {
    const { result } = await down((c) => c.compose('shop.json'), {
      projects: { 'shop.json': { name: 'shop', services: { db: { image: 'busybox' } } } },
      before: (_compose, docker) => docker.goAway(),
    })
    expect(result.errors).toEqual([
      { resource: 'compose project shop', message: 'nothing answers at unix:///var/run/docker.sock' },
    ])
  })
})
