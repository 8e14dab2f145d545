import type { KubernetesManifest } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import type { FakeStep } from '../../testing/fake-config.js'
import { type SimulateOptions, type Simulation, simulateSession } from '../../testing/simulate.js'
import { configMap } from './manifests.test.support.js'

type Config = SimulateOptions['config']
type Programs = NonNullable<SimulateOptions['programs']>

const made: KubernetesManifest = {
  ...configMap('made'),
  metadata: { name: 'made', namespace: 'default', uid: 'uid-made' },
}
const printed = JSON.stringify(made)

async function session(config: Config, options: Partial<SimulateOptions> = {}): Promise<Simulation> {
  const sim = await simulateSession({ config, ...options })
  await sim.advance(1000)
  return sim
}

const last = (sim: Simulation) => sim.updates('chart').at(-1)?.status
const applied = (sim: Simulation) => sim.store.get('KubernetesApply', 'chart')?.status.applied
const commands = { apply: 'deploy', remove: 'undeploy' }
const chart: Config = (c) => c.k8sCustomDeploy('chart', { ...commands, deps: ['chart'] })
/** Both commands, which note that they run. */
const noting = (seen: string[]): Programs => ({
  deploy(self) {
    seen.push('deploy')
    self.stderr('deploying\n')
    self.stdout(printed)
  },
  undeploy: (self) => {
    seen.push('undeploy')
    self.stdout('done\n')
  },
})

describe('what a command deploys', () => {
  it('APPLY-12: is told by its output, and gets the cluster of the session', async () => {
    const env: (string | undefined)[] = []
    const sim = await session(
      (c) => c.k8sCustomDeploy('chart', { ...commands, env: { MODE: 'dev', KUBECONFIG: '/mine' }, dir: 'ops' }),
      {
        programs: {
          deploy(self) {
            env.push(self.env['KUBECONFIG'], self.env['MODE'], self.dir)
            self.stderr('deploying\n')
            self.stdout(printed)
          },
        },
      },
    )
    expect(env).toEqual(['/fake/kubeconfig', 'dev', '/project/ops'])
    expect(sim.log('chart')).toContain('deploying')
    expect(applied(sim)).toMatchObject([{ name: 'made', uid: 'uid-made' }])
  })

  it.each<[string, string, string]>([
    ['no uid', JSON.stringify(configMap('made')), 'the command printed ConfigMap/made without its metadata.uid'],
    ['nothing', ' \n', 'the command printed no objects'],
    ['an empty list', '{"apiVersion":"v1","kind":"List","items":[]}', 'the command printed no objects'],
    ['what is no YAML', 'configured: [', 'the command printed what is no YAML of objects: '],
  ])('APPLY-12: is an error when it prints %s', async (_, output, words) => {
    const sim = await session(chart, { programs: { deploy: (self) => self.stdout(output) } })
    expect(last(sim)).toMatchObject({ phase: 'failed', error: expect.stringContaining(words) })
    expect(sim.store.get('KubernetesApply', 'chart')?.status).toMatchObject({ appliedOnce: false })
  })

  it('APPLY-12: is an error with the beginning of what the command has printed when that fails', async () => {
    const sim = await session(chart, {
      programs: {
        deploy(self) {
          self.stdout(`half way ${'x'.repeat(2000)}`)
          return 3
        },
      },
    })
    expect(last(sim)?.exitCode).toBe(3)
    expect(last(sim)?.error).toMatch(/^exit code 3\nIt printed: half way x+$/)
    expect(last(sim)?.error?.length).toBe('exit code 3\nIt printed: '.length + 500)
  })

  it('APPLY-12: is stopped with all its children when it takes longer than it may', async () => {
    const sim = await session(chart, { programs: { deploy: (self) => self.forever() } })
    await sim.advance(60_000)
    expect(last(sim)?.error).toBe('applyCmd was stopped after 30 s; give it longer by applyTimeout')
    expect(sim.alive()).toEqual([])
  })

  it('APPLY-11: goes on to be followed as it was when the command fails later', async () => {
    let broken = false
    const sim = await session(chart, {
      programs: {
        deploy(self) {
          if (broken) return 1
          self.stdout(printed)
          return 0
        },
      },
    })
    const before = applied(sim)
    broken = true
    await sim.edit({ 'chart/values.yaml': '2' })
    await sim.advance(1000)
    expect(last(sim)?.phase).toBe('failed')
    expect(applied(sim)).toEqual(before)
  })

  it('BLD-20: gets the images that it deploys, as the cluster calls them, in their order', async () => {
    const env: unknown[] = []
    await session(
      (c) => {
        c.image('shop/api', 'api')
        c.image('shop/web', 'api')
        c.k8sCustomDeploy('chart', { ...commands, images: ['shop/web', 'shop/api'] })
      },
      {
        files: { 'api/Dockerfile': 'FROM busybox' },
        programs: {
          kind: () => {},
          deploy(self) {
            env.push(
              [self.env['TILT_IMAGE_0'], self.env['TILT_IMAGE_1']],
              [self.env['TILT_IMAGE_MAP_0'], self.env['TILT_IMAGE_MAP_1']],
            )
            self.stdout(printed)
          },
        },
      },
    )
    expect(env[0]).toEqual([
      expect.stringMatching(/^shop\/web:tilt-[0-9a-f]{16}$/),
      expect.stringMatching(/^shop\/api:tilt-[0-9a-f]{16}$/),
    ])
    expect(env[1]).toEqual(['shop/web', 'shop/api'])
  })

  it('KD-02: is deployed again when its deps change, and not for other files', async () => {
    const seen: string[] = []
    const sim = await session(chart, { programs: noting(seen) })
    await sim.edit({ 'elsewhere/values.yaml': '1' })
    await sim.advance(1000)
    expect(seen).toEqual(['deploy'])
    await sim.edit({ 'chart/values.yaml': '1' })
    await sim.advance(1000)
    expect(seen).toEqual(['deploy', 'deploy'])
  })

  it('KD-04: is deployed again when an image that it needs was built anew', async () => {
    const seen: string[] = []
    const sim = await session(
      (c) => {
        c.image('shop/api', 'api')
        c.k8sCustomDeploy('chart', { ...commands, images: ['shop/api'] })
      },
      {
        files: { 'api/Dockerfile': 'FROM busybox\nCOPY . /app', 'api/main.js': '1' },
        programs: {
          kind: () => {},
          deploy(self) {
            seen.push(String(self.env['TILT_IMAGE_0']))
            self.stdout(printed)
          },
        },
      },
    )
    await sim.edit({ 'api/main.js': '2' })
    await sim.advance(1000)
    expect(new Set(seen).size).toBe(2)
  })
})

describe('what a function deploys', () => {
  const by =
    (apply: FakeStep): Config =>
    (c) =>
      c.k8sCustomDeploy('chart', { apply, remove: 'undeploy' })

  it.each<[string, unknown]>([
    ['text', printed],
    ['an object', made],
    ['a list of them', [made]],
  ])('APPLY-12: is what it returns, as %s', async (_, value) => {
    const seen: unknown[] = []
    const sim = await session(
      by(({ env }) => {
        seen.push(env['KUBECONFIG'])
        return value
      }),
    )
    expect(last(sim)?.error).toBeUndefined()
    expect(applied(sim)).toMatchObject([{ name: 'made', uid: 'uid-made' }])
    expect(seen).toEqual(['/fake/kubeconfig'])
  })

  it.each<[string, FakeStep, string]>([
    ['returns nothing', () => undefined, 'the function returned no objects. It has to return what it has deployed'],
    ['returns no uid', () => configMap('made'), 'the function returned ConfigMap/made without its metadata.uid'],
    ['returns what is no object', () => 42, 'the function returned no objects'],
    [
      'throws',
      () => {
        throw new Error('no such release')
      },
      'no such release',
    ],
  ])('APPLY-12: is an error when it %s', async (_, apply, words) => {
    const sim = await session(by(apply))
    expect(last(sim)).toMatchObject({ phase: 'failed', error: expect.stringContaining(words) })
  })
})

describe('what a command has deployed', () => {
  it('GC-04: is removed by its own command when the resource is switched off, once', async () => {
    const seen: string[] = []
    const sim = await session(chart, { programs: noting(seen) })
    await sim.enable('chart', false)
    await sim.advance(1000)
    expect(seen).toEqual(['deploy', 'undeploy'])
    await sim.reload((c) => {
      c.local('other', { cmd: 'true' })
      chart(c)
    })
    await sim.advance(2000)
    expect(seen).toEqual(['deploy', 'undeploy'])
    await sim.enable('chart', true)
    await sim.advance(1000)
    await sim.enable('chart', false)
    await sim.advance(1000)
    expect(seen).toEqual(['deploy', 'undeploy', 'deploy', 'undeploy'])
  })

  it('GC-04: is removed when the resource leaves the config', async () => {
    const seen: string[] = []
    const sim = await session(chart, { programs: noting(seen) })
    await sim.reload((c) => c.local('other', { cmd: 'true' }))
    await sim.advance(2000)
    expect(seen).toEqual(['deploy', 'undeploy'])
  })

  it('GC-04: is not removed where its command did not run, but where it failed or was called off in the middle', async () => {
    const never: string[] = []
    const idle = await session((c) => c.k8sCustomDeploy('chart', { ...commands, autoInit: false }), {
      programs: noting(never),
    })
    await idle.enable('chart', false)
    await idle.advance(1000)
    expect(never).toEqual([])

    const failing: string[] = []
    const failed = await session(chart, { programs: { ...noting(failing), deploy: () => 1 } })
    await failed.enable('chart', false)
    await failed.advance(1000)
    expect(failing).toEqual(['undeploy'])

    const cut: string[] = []
    const running = await session(chart, { programs: { ...noting(cut), deploy: (self) => self.forever() } })
    await running.enable('chart', false)
    await running.advance(15_000)
    expect(running.alive()).toEqual([])
    expect(cut).toEqual(['undeploy'])
  })

  it('UP-04: stays when the session ends', async () => {
    const seen: string[] = []
    const sim = await session(chart, { programs: noting(seen) })
    await sim.stop()
    expect(seen).toEqual(['deploy'])
  })
})
