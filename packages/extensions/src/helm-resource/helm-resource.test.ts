import { dockerBuild, type ExecResult } from '@tiltts/config'
import { describe, expect, it } from 'vitest'
import { evaluate, kubernetesOf, messagesOf } from '../evaluate.test.support.js'
import { imageFlags } from './image-values.js'
import { helmRepo, helmResource } from './index.js'
import { releaseObjects, statusOf } from './release-objects.js'
import { runHelm } from './run-helm.js'

const image = (name: string): ReturnType<typeof dockerBuild> =>
  dockerBuild(name, '.', { dockerfileContents: 'FROM busybox' })

describe('helmResource', () => {
  it('EXT-45: is a deploy of its own that helm applies and removes', async () => {
    const kubernetes = await kubernetesOf(() =>
      helmResource('api', './charts/api', {
        namespace: 'dev',
        values: ['./dev.yaml'],
        deps: './more',
        imageDeps: [image('shop/api')],
        imageKeys: ['image'],
        uninstallFlags: ['--wait'],
        portForwards: 8080,
        labels: 'back',
      }),
    )
    expect(kubernetes?.customDeploys).toMatchObject([
      {
        name: 'api',
        labels: ['back'],
        deploy: {
          // hooks take their time
          applyTimeoutMs: 0,
          remove: {
            command: { argv: ['helm', 'uninstall', 'api', '--namespace', 'dev', '--ignore-not-found', '--wait'] },
          },
          imageDeps: [{ name: 'shop/api' }],
        },
      },
    ])
    // a chart's folder and its values are watched without being named
    expect(kubernetes?.customDeploys[0]?.deploy.deps).toEqual([
      '/project/charts/api',
      '/project/dev.yaml',
      '/project/more',
    ])
    expect(kubernetes?.resources).toMatchObject([{ portForwards: [{ localPort: 8080 }] }])
  })

  it('EXT-45: another option is another deploy', async () => {
    const deploy = async (set: string): Promise<unknown> =>
      (await kubernetesOf(() => helmResource('api', './c', { set })))?.customDeploys[0]?.deploy.apply
    expect(await deploy('a=1')).toEqual(await deploy('a=1'))
    expect(await deploy('a=1')).not.toEqual(await deploy('a=2'))
  })

  it('EXT-46: upgrades with the images that were built, and tells the objects of the release', async () => {
    const ran: string[] = []
    const { collector, graph, diagnostics } = await evaluate(() =>
      helmResource('api', 'acme/api', {
        releaseName: 'mine',
        createNamespace: true,
        namespace: 'dev',
        flags: ['--timeout', '1m'],
        updateDependencies: true,
        imageDeps: [image('a'), image('b')],
        imageKeys: ['one', ['two.repository', 'two.tag']],
      }),
    )
    expect(diagnostics).toEqual([])
    const command = graph?.kubernetes?.customDeploys[0]?.deploy.apply.command
    const fn = command !== undefined && 'fn' in command ? collector.functionOf(command.fn) : undefined
    const uid = '1-2-3'
    const resources = {
      'v1/ConfigMap': [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', uid, managedFields: [{}] } }],
      'v1/Pod(related)': [{ kind: 'PodList', items: [] }],
    }
    const objects = await fn?.({
      env: { TILT_IMAGE_0: 'localhost:5000/a:1.2', TILT_IMAGE_1: 'localhost:5000/b:x' },
      exec: async (argv: readonly string[]) => {
        ran.push(argv.join(' '))
        return { stdout: JSON.stringify({ info: { resources } }), stderr: '', exitCode: 0 }
      },
    } as never)
    expect(ran).toEqual([
      'helm dependency update acme/api --skip-refresh',
      'helm upgrade --install mine acme/api --namespace dev --create-namespace --timeout 1m --set-string one=localhost:5000/a:1.2 --set-string two.repository=localhost:5000/b --set-string two.tag=x',
      'helm status mine --namespace dev --output json --show-resources',
    ])
    expect(objects).toEqual([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', uid } }])
  })

  it('EXT-46: asks for objects as the helm that is there understands it', async () => {
    const helm4 = async (argv: readonly string[]): Promise<ExecResult> =>
      argv.includes('--show-resources')
        ? { stdout: '', stderr: 'Error: unknown flag: --show-resources', exitCode: 1 }
        : { stdout: argv.join(' '), stderr: '', exitCode: 0 }
    expect(await statusOf(helm4 as never, ['web'])).toBe('helm status web --output json')
    const gone = async (): Promise<ExecResult> => ({ stdout: '', stderr: 'Error: release: not found', exitCode: 1 })
    await expect(statusOf(gone as never, ['web'])).rejects.toThrow(/^release: not found$/)
  })

  it('EXT-46: fails with what helm said, and tells how to go on when an earlier one was killed', async () => {
    const said = async (stderr: string): Promise<unknown> => {
      const exec = async (): Promise<ExecResult> => ({ stdout: '', stderr, exitCode: 1 })
      return runHelm(exec as never, ['upgrade']).catch((error: unknown) => (error as Error).message)
    }
    expect(await said('W1123 some warning\nError: INSTALLATION FAILED: one\n\ttwo\n')).toBe(
      'INSTALLATION FAILED: one two',
    )
    expect(await said('Killed\n')).toBe('exit code 1')
    expect(await said('Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress')).toMatch(
      /^UPGRADE FAILED: another operation .* is in progress\. If none is, .*`helm rollback`/,
    )
  })

  it('EXT-46: a release without objects has none', () => {
    expect(releaseObjects('{"info":{"status":"deployed"}}')).toEqual([])
    expect(releaseObjects('{"info":{"resources":null}}')).toEqual([])
  })

  it('EXT-47: takes references apart, a host only from before the first slash', () => {
    const three = (ref: string): readonly string[] =>
      imageFlags(['r', 'n', 't'], ref).filter((word) => word !== '--set-string')
    expect(three('localhost:5000/shop/api:1.2.3')).toEqual(['r=localhost:5000', 'n=shop/api', 't=1.2.3'])
    expect(three('shop/api:1.2.3')).toEqual(['r=', 'n=shop/api', 't=1.2.3'])
    expect(three('api:v1.2')).toEqual(['r=', 'n=api', 't=v1.2'])
    expect(three('registry.example.com/api')).toEqual(['r=registry.example.com', 'n=api', 't=latest'])
    expect(imageFlags(['n', 't'], 'localhost:5000/api:x')).toEqual([
      '--set-string',
      'n=localhost:5000/api',
      '--set-string',
      't=x',
    ])
  })

  it('EXT-47: refuses keys that do not fit the images, and an image twice', async () => {
    expect(await messagesOf(() => helmResource('a', './c', { imageDeps: [image('x')] }))).toEqual([
      "helmResource('a'): imageDeps and imageKeys must be as long as each other, but are 1 and 0",
    ])
    const repeated = (): unknown => {
      const x = image('x')
      return helmResource('a', './c', { imageDeps: [x, x], imageKeys: ['one', 'two'] })
    }
    expect(await messagesOf(repeated)).toEqual(["helmResource('a'): the image x stands twice in imageDeps"])
    const odd = (): unknown => helmResource('a', './c', { imageDeps: [image('x')], imageKeys: [[] as never] })
    expect((await messagesOf(odd))[0]).toContain('an image key is')
  })
})

describe('helmRepo', () => {
  it('EXT-48: is a resource that makes a repository known', async () => {
    const { graph, diagnostics } = await evaluate(() => helmRepo('acme', 'https://c.example.com', { labels: 'x' }))
    expect(diagnostics).toEqual([])
    expect(graph?.resources).toMatchObject([
      {
        name: 'acme',
        labels: ['x'],
        cmd: { command: { argv: ['helm', 'repo', 'add', 'acme', 'https://c.example.com', '--force-update'] } },
      },
    ])
  })

  it('EXT-48: hands a password to helm by its input', async () => {
    const { collector, graph } = await evaluate(() =>
      helmRepo('acme', 'https://c.example.com', { resourceName: 'charts', username: 'me', password: 'hunter2' }),
    )
    const resource = graph?.resources[0]
    const command = resource !== undefined && 'cmd' in resource ? resource.cmd?.command : undefined
    const ran: unknown[] = []
    const fn = command !== undefined && 'fn' in command ? collector.functionOf(command.fn) : undefined
    await fn?.({ exec: async (...args: readonly unknown[]) => void ran.push(args) } as never)
    expect(resource?.name).toBe('charts')
    expect(ran).toEqual([
      [
        [
          'helm',
          'repo',
          'add',
          'acme',
          'https://c.example.com',
          '--force-update',
          '--username',
          'me',
          '--password-stdin',
        ],
        { stdin: 'hunter2' },
      ],
    ])
  })
})
