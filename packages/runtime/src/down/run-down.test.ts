import { withProjectMark } from '@tiltts/core/kubernetes'
import type { ComposeNode } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { configMap, deployment, namespace } from '../controllers/kubernetes/manifests.test.support.js'
import { markOf } from '../executors/kubernetes/inventory.js'
import type { Records } from '../ports/records.js'
import { manualClock } from '../testing/fake-clock.js'
import { type FakeCompose, type FakeComposeFile, fakeCompose } from '../testing/fake-compose.js'
import { fakeConfigHost, fakeServerName } from '../testing/fake-config-host.js'
import { type FakeDocker, fakeDocker } from '../testing/fake-docker.js'
import { fakeFiles } from '../testing/fake-files.js'
import { type FakeKubernetes, fakeKubernetes } from '../testing/fake-kubernetes.js'
import { fakeManifests } from '../testing/fake-manifests.js'
import { type FakeProgram, fakeProcesses } from '../testing/fake-processes.js'
import { fakeRecords } from '../testing/fake-records.js'
import { simulateSession } from '../testing/simulate.js'
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
    readonly deleteNamespaces?: boolean
    readonly records?: Records
    /** What is in the cluster. */
    readonly kubernetes?: FakeKubernetes
    readonly cluster?: (kubernetes: FakeKubernetes) => Promise<unknown> | undefined
    /** Compose files by name. */
    readonly projects?: Readonly<Record<string, FakeComposeFile>>
    readonly before?: (compose: FakeCompose, docker: FakeDocker) => Promise<void> | void
  } = {},
) {
  const clock = manualClock()
  const processes = fakeProcesses({ clock, programs: { rm: () => 0, ...options.programs } })
  const configHost = fakeConfigHost({ clock, processes })
  processes.program(fakeServerName, configHost.serverProgram)
  const files = fakeFiles()
  configHost.write(mainPath, simulatedScript(config, '/project', files))
  const kubernetes = options.kubernetes ?? fakeKubernetes({ clock })
  const records = options.records ?? fakeRecords()
  await options.cluster?.(kubernetes)
  const docker = fakeDocker({ clock })
  const projects = Object.entries(options.projects ?? {}).map(([name, file]) => [`/project/${name}`, file] as const)
  const compose = fakeCompose({ docker, clock, projects: Object.fromEntries(projects) })
  await options.before?.(compose, docker)
  const { deleteVolumes, deleteNamespaces } = options
  const given = { deleteVolumes, deleteNamespaces }
  let output = ''
  const running = runDown({
    ports: { clock, processes, configHost, compose, kubernetes, manifests: fakeManifests({ files }), records },
    options: { ...given, mainPath, args: options.args ?? [], env: { HOME: '/home' } },
    signal: options.signal,
    onOutput: (text) => {
      output += text
    },
  })
  await clock.advance(60_000)
  const result = await running
  return {
    result,
    output,
    started: processes.table().map(({ argv }) => argv[2]),
    processes,
    compose,
    docker,
    kubernetes,
  }
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

describe('down of what is in the cluster', () => {
  const objects = [namespace('shop'), configMap('settings'), deployment('api'), deployment('db')]
  const config: SimulatedScript = (c) => {
    c.manifests(objects)
    c.k8sResource('api', { needs: ['db'], objects: ['settings'] })
    c.local('other', { cmd: 'true', onDown: 'rm other' })
  }
  const deployed = (kubernetes: FakeKubernetes): undefined => {
    for (const object of objects) kubernetes.applyAs('tiltts', object)
  }
  const deletions = ({ kubernetes }: Awaited<ReturnType<typeof down>>) => kubernetes.writes()

  it('DOWN-01: deletes the objects of enabled resources, dependents before dependencies, the last applied first', async () => {
    const done = await down(config, { cluster: deployed })
    expect(deletions(done)).toEqual([
      'delete Deployment default/api',
      'delete ConfigMap default/settings',
      'delete Deployment default/db',
    ])
    expect(done.result).toEqual({ diagnostics: [], errors: [] })
  })

  it('DOWN-01: leaves out resources that are not enabled', async () => {
    expect(deletions(await down(config, { cluster: deployed, args: ['db'] }))).toEqual(['delete Deployment default/db'])
  })

  it('DOWN-02: keeps namespaces, and names them, unless it is told to delete them', async () => {
    const kept = await down(config, { cluster: deployed })
    expect(kept.output).toContain('Namespaces that stay: shop. To delete them, too: --delete-namespaces\n')
    const gone = await down(config, { cluster: deployed, deleteNamespaces: true })
    expect(deletions(gone)).toContain('delete Namespace /shop')
  })

  it('DOWN-02: keeps what says that it stays, and misses nothing that is gone', async () => {
    const stays = {
      ...configMap('stays'),
      metadata: { name: 'stays', annotations: { 'tilt.dev/down-policy': 'keep' } },
    }
    const done = await down((c) => c.manifests([stays, configMap('gone')]), {
      cluster: (kubernetes) => void kubernetes.applyAs('tiltts', stays),
    })
    expect(done.kubernetes.objects('ConfigMap').map(({ metadata }) => metadata.name)).toContain('stays')
    expect(done.result.errors).toEqual([])
  })

  it('DOWN-06: leaves to another project what that applies, and is no part of it any more', async () => {
    const [mine, other] = [markOf(mainPath), markOf('/home/other/tilt.config.ts')]
    const shared = (mark: typeof mine, name: string) => withProjectMark(configMap(name), mark)
    const done = await down((c) => c.manifests(['a', 'b', 'c'].map((name) => configMap(name))), {
      cluster(kubernetes) {
        kubernetes.applyAs(mine.fieldManager, shared(mine, 'a'))
        kubernetes.applyAs(mine.fieldManager, shared(mine, 'b'))
        for (const name of ['b', 'c']) kubernetes.applyAs(other.fieldManager, shared(other, name))
        return undefined
      },
    })
    const left = done.kubernetes.objects('ConfigMap').map(({ metadata }) => [metadata.name, metadata.annotations])
    expect(left).toEqual(['b', 'c'].map((name) => [name, { [other.annotation]: other.project }]))
    expect(done.output).toContain(
      'uncategorized: ConfigMap/b is left in the cluster: /home/other/tilt.config.ts applies it, too\n',
    )
    expect(done.result.errors).toEqual([])
  })

  it('DOWN-03: runs the commands of custom deploys, collects errors, and goes on', async () => {
    const seen: string[] = []
    const done = await down(
      (c) => {
        c.manifests([deployment('api')])
        c.k8sCustomDeploy('a', { apply: 'true', remove: 'undeploy a' })
        c.k8sCustomDeploy('b', { apply: 'true', remove: 'broken' })
      },
      {
        cluster(kubernetes) {
          kubernetes.applyAs('tiltts', deployment('api'))
          kubernetes.deny({ verb: 'delete', kind: 'Deployment' })
          return undefined
        },
        programs: { undeploy: (self) => void seen.push(String(self.env['KUBECONFIG'])), broken: () => 2 },
      },
    )
    expect(seen).toEqual(['/fake/kubeconfig'])
    expect(done.result.errors.map(({ resource }) => resource).sort()).toEqual(['api', 'b'])
  })

  it('DOWN-03: says once that the cluster does not answer, and runs the commands all the same', async () => {
    const done = await down(config, { cluster: (kubernetes) => void kubernetes.goAway() })
    expect(done.result.errors).toEqual([{ resource: 'api', message: expect.stringContaining('does not answer') }])
    expect(done.started).toContain('rm other')
  })

  it('DOWN-04: leaves compose projects up when something is left in the cluster', async () => {
    const shop = { name: 'shop', services: { db: { image: 'busybox' } } }
    const done = await down(
      (c) => {
        c.compose('shop.json')
        c.manifests([deployment('api')])
      },
      {
        projects: { 'shop.json': shop },
        before: (compose) => up(compose, 'shop', 'shop.json', 'db'),
        cluster: (kubernetes) => void kubernetes.goAway(),
      },
    )
    expect(done.result.errors.length).toBeGreaterThan(0)
    expect(done.docker.all()).toHaveLength(1)
  })

  it('deletes what an earlier session has put there and the config has no more', async () => {
    const records = fakeRecords()
    const first = await simulateSession({ config: (c) => c.manifests([deployment('api'), deployment('old')]), records })
    await first.advance(1000)
    await first.stop()
    const done = await down((c) => c.manifests([deployment('api')]), { records, kubernetes: first.kubernetes })
    expect(done.result.errors).toEqual([])
    expect(first.kubernetes.objects('Deployment')).toEqual([])
  })

  it('deletes what a resource had in an earlier session and nobody has any more, but nothing that another has now', async () => {
    const records = fakeRecords()
    const of =
      (name: string, ...maps: readonly string[]): SimulatedScript =>
      (c) => {
        c.manifests([deployment('api'), deployment('web'), ...maps.map((map) => configMap(map))])
        c.k8sResource(name, { objects: maps })
      }
    const first = await simulateSession({ config: of('api', 'old', 'moved'), records })
    await first.advance(1000)
    await first.stop()
    await down(of('web', 'moved'), { records, kubernetes: first.kubernetes, args: ['api'] })
    const left = [...first.kubernetes.objects('Deployment'), ...first.kubernetes.objects('ConfigMap')]
    expect(left.map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(['web', 'moved']))
    expect(left.map(({ metadata }) => metadata.name)).not.toEqual(expect.arrayContaining(['old']))
  })
})
