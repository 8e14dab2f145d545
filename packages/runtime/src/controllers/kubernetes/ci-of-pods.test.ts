import type { KubernetesManifest } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { type SimulateOptions, type Simulation, simulateSession } from '../../testing/simulate.js'

type Spec = Readonly<Record<string, unknown>>

const job = (name: string, spec: Spec = {}): KubernetesManifest => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    ...spec,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'shop/job', command: [name] }] } },
  },
})
const deployment = (name: string, container: Spec = {}): KubernetesManifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: `shop/${name}`, command: [name], ...container }] },
    },
  },
})
const probed = { readinessProbe: { httpGet: { port: 80 } } }

interface Options extends Partial<SimulateOptions> {
  /** What the config says beside its manifests. */
  readonly more?: SimulateOptions['config']
}

const ci = (objects: readonly KubernetesManifest[], options: Options = {}): Promise<Simulation> =>
  simulateSession({
    command: 'ci',
    ...options,
    config(c) {
      c.manifests(objects)
      options.more?.(c)
    },
  })

describe('a run of ci', () => {
  it('CI-03: has the last words of a job that failed before it says so, however slowly they come', async () => {
    const sim = await ci([job('seed', { backoffLimit: 0 })], {
      kubernetes: {
        programs: {
          seed(self) {
            self.stderr('no such table\n')
            return 1
          },
        },
      },
      ports(ports) {
        const { kubernetes, clock } = ports
        return {
          ...ports,
          kubernetes: {
            ...kubernetes,
            async *logs(target, request, signal) {
              for await (const chunk of kubernetes.logs(target, request, signal)) {
                await clock.sleep(700, signal)
                yield chunk
              }
            },
          },
        }
      },
    })
    let logAtVerdict = ''
    void sim.finished.then(() => {
      logAtVerdict = sim.log('seed')
    })
    await sim.advance(400)
    expect(sim.outcome()).toBeUndefined()
    await sim.advance(5_000)
    expect(sim.outcome()).toMatchObject({ exitCode: 1, reason: expect.stringContaining('Job seed failed') })
    expect(logAtVerdict).toContain('no such table')
  })

  it('CI-12: goes on while a job has tries left, and succeeds when one of them does', async () => {
    let tries = 0
    const sim = await ci([job('seed', { backoffLimit: 3 })], {
      kubernetes: {
        programs: {
          seed() {
            tries += 1
            return tries < 3 ? 1 : 0
          },
        },
      },
    })
    await sim.advance(60_000)
    expect(tries).toBe(3)
    expect(sim.outcome()).toMatchObject({ exitCode: 0 })
    expect(sim.log('seed')).toContain('exited with code 1')
  })

  it('CI-12: fails when a job has used up its tries, and says what the last one ended with', async () => {
    let tries = 0
    const sim = await ci([job('seed', { backoffLimit: 1 })], {
      kubernetes: {
        programs: {
          seed() {
            tries += 1
            return 7
          },
        },
      },
    })
    await sim.advance(60_000)
    expect(tries).toBe(2)
    expect(sim.outcome()).toMatchObject({ exitCode: 1, reason: expect.stringContaining('exited with code 7') })
  })

  it('CI-04: waits for all jobs to end and for all pods to be ready', async () => {
    let finish = (): void => {}
    const over = new Promise<void>((resolve) => {
      finish = resolve
    })
    const sim = await ci([deployment('web', probed), job('seed')], {
      kubernetes: {
        readyMs: 3_000,
        programs: {
          async seed() {
            await over
            return 0
          },
        },
      },
    })
    await sim.advance(2_000)
    finish()
    await sim.advance(500)
    expect(sim.outcome()).toBeUndefined()
    await sim.advance(3_000)
    expect(sim.outcome()).toMatchObject({ exitCode: 0 })
  })

  it('CI-09: fails when pods that run have not become ready for five minutes', async () => {
    const sim = await ci([deployment('web', probed)], { kubernetes: { readyMs: 10_000_000 } })
    await sim.advance(299_000)
    expect(sim.outcome()).toBeUndefined()
    await sim.advance(3_000)
    expect(sim.outcome()).toMatchObject({
      exitCode: 1,
      reason: 'Readiness timeout after 5m0s: target web:runtime not ready: container main has not become ready',
    })
  })

  it('CI-09: lets a resource say for itself how long its pods may take', async () => {
    const sim = await ci([deployment('web', probed)], {
      kubernetes: { readyMs: 10_000_000 },
      more: (c) => c.k8sResource('web', { readyTimeoutMs: 20_000 }),
    })
    await sim.advance(22_000)
    expect(sim.outcome()).toMatchObject({ exitCode: 1, reason: expect.stringContaining('web') })
  })

  it('CI-07: tolerates errors of pods for as long as its grace period says', async () => {
    let broken = true
    const sim = await ci([deployment('web')], {
      kubernetes: { programs: { web: (self) => (broken ? 3 : self.forever()) } },
      more: (c) => c.settings({ ciK8sGracePeriodMs: 120_000 }),
    })
    await sim.advance(40_000)
    expect(sim.outcome()).toBeUndefined()
    broken = false
    await sim.advance(60_000)
    expect(sim.outcome()).toMatchObject({ exitCode: 0 })
  })
})

describe('what depends on pods', () => {
  const local: SimulateOptions['config'] = (c) => c.local('test', { cmd: 'test', needs: ['web'] })
  const dev = (options: Options): Promise<Simulation> =>
    ci([deployment('web', probed)], { command: 'dev', programs: { test: () => 0 }, more: local, ...options })

  it('RDEP-02: begins when they were ready once, and not before', async () => {
    const sim = await dev({ kubernetes: { readyMs: 3_000 } })
    await sim.advance(2_500)
    expect(sim.row('web')).toMatchObject({ updateStatus: 'ok' })
    expect(sim.started()).not.toContain('test')
    await sim.advance(1_500)
    expect(sim.started()).toContain('test')
  })

  it('RDEP-02: begins right after the deploy when nobody is to wait for pods', async () => {
    const more: SimulateOptions['config'] = (c) => {
      c.k8sResource('web', { podReadiness: 'ignore' })
      local(c)
    }
    const sim = await dev({ kubernetes: { readyMs: 10_000_000 }, more })
    await sim.advance(500)
    expect(sim.started()).toContain('test')
  })

  it('RDEP-02: begins when a job has succeeded', async () => {
    let finish = (): void => {}
    const over = new Promise<void>((resolve) => {
      finish = resolve
    })
    const sim = await ci([job('seed')], {
      command: 'dev',
      programs: { test: () => 0 },
      kubernetes: {
        programs: {
          async seed() {
            await over
            return 0
          },
        },
      },
      more: (c) => c.local('test', { cmd: 'test', needs: ['seed'] }),
    })
    await sim.advance(2_000)
    expect(sim.started()).not.toContain('test')
    finish()
    await sim.advance(1_000)
    expect(sim.started()).toContain('test')
  })

  it('RDEP-02: does not begin when the deploy has failed', async () => {
    const sim = await dev({ ports: refusing })
    await sim.advance(5_000)
    expect(sim.row('web')).toMatchObject({ updateStatus: 'error' })
    expect(sim.started()).not.toContain('test')
  })
})

function refusing(ports: Simulation['ports']): Simulation['ports'] {
  ;(ports.kubernetes as Simulation['kubernetes']).deny({ verb: 'patch', kind: 'Deployment' })
  return ports
}
