import { withProjectMark } from '@tiltts/core/kubernetes'
import type { KubernetesManifest } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { markOf } from '../../executors/kubernetes/inventory.js'
import { kubernetesRefusal } from '../../ports/kubernetes-refusal.js'
import { fakeRecords } from '../../testing/fake-records.js'
import { type SimulateOptions, type Simulation, simulateSession } from '../../testing/simulate.js'
import { claim, configMap, deployment, job, placed } from '../kubernetes/manifests.test.support.js'

type Config = SimulateOptions['config']
type Kubernetes = Simulation['kubernetes']

const last = (sim: Simulation, name: string) => sim.updates(name).at(-1)?.status
const uid = (sim: Simulation, object: KubernetesManifest) => sim.kubernetes.object(placed(object))?.metadata['uid']

const definition: KubernetesManifest = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'sites.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Site', plural: 'sites' },
    versions: [{ name: 'v1', served: true, storage: true }],
  },
}
const site: KubernetesManifest = { apiVersion: 'example.com/v1', kind: 'Site', metadata: { name: 'blog' }, spec: {} }

/** A cluster that takes some time until it serves a definition; each way in is noted. */
function slowly(seen: string[], takes: number): NonNullable<SimulateOptions['ports']> {
  return (ports) => {
    const { kubernetes, clock } = ports
    let appliedAt: number | undefined
    const asItIs = (object: KubernetesManifest): KubernetesManifest => {
      if (object.kind !== definition.kind) return object
      appliedAt ??= clock.now()
      return clock.now() - appliedAt >= takes ? object : { ...object, status: { conditions: [] } }
    }
    return {
      ...ports,
      kubernetes: {
        ...kubernetes,
        async apply(request, signal) {
          seen.push(`${request.object.kind} at ${clock.now() - (appliedAt ?? clock.now())}`)
          return asItIs(await kubernetes.apply(request, signal))
        },
        async get(ref, signal) {
          const object = await kubernetes.get(ref, signal)
          return object && asItIs(object)
        },
      },
    }
  }
}

describe('definitions of kinds', () => {
  const config: Config = (c) => {
    c.manifests([site, definition])
    c.k8sResource(undefined, { newName: 'sites', objects: ['blog', 'sites.example.com'] })
  }

  it('APPLY-08: are waited for until they are served, before objects of their kind are sent', async () => {
    const seen: string[] = []
    const sim = await simulateSession({ config, ports: slowly(seen, 700) })
    await sim.advance(600)
    expect(seen).toEqual(['CustomResourceDefinition at 0'])
    await sim.advance(1000)
    expect(last(sim, 'sites')?.error).toBeUndefined()
    expect(seen).toEqual(['CustomResourceDefinition at 0', 'Site at 700'])
  })

  it('APPLY-09: that are not served in time fail the update, and nothing of their kind is sent', async () => {
    const seen: string[] = []
    const sim = await simulateSession({ config, ports: slowly(seen, 3_600_000) })
    await sim.advance(31_000)
    expect(last(sim, 'sites')?.error).toBe('CustomResourceDefinition/sites.example.com was not applied within 30 s')
    expect(seen).toEqual(['CustomResourceDefinition at 0'])
  })

  it('APPLY-08: that are in another resource are applied before what needs them', async () => {
    const sim = await simulateSession({
      config(c) {
        c.manifests([site, definition])
        c.k8sResource(undefined, { newName: 'blog', objects: ['blog'] })
      },
    })
    await sim.advance(1000)
    expect(sim.kubernetes.writes()).toEqual([
      'patch CustomResourceDefinition /sites.example.com',
      'patch Site default/blog',
    ])
  })

  it('APPLY-08: that are nowhere are an error that names the object', async () => {
    const sim = await simulateSession({
      config(c) {
        c.manifests([site])
        c.k8sResource(undefined, { newName: 'blog', objects: ['blog'] })
      },
    })
    await sim.advance(1000)
    expect(last(sim, 'blog')?.error).toBe('Site/blog: the cluster knows no kind "Site" of example.com/v1')
  })
})

describe('an apply that runs', () => {
  it('SCH-07: is ended with its requests when the update is called off', async () => {
    let ended = 0
    const sim = await simulateSession({
      config: (c) => c.manifests([deployment('api')]),
      ports: (ports) => ({
        ...ports,
        kubernetes: {
          ...ports.kubernetes,
          apply: (_request, signal) =>
            new Promise((_resolve, reject) =>
              signal.addEventListener('abort', () => {
                ended += 1
                reject(signal.reason)
              }),
            ),
        },
      }),
    })
    await sim.advance(1000)
    const { current } = sim.resource('api')
    await sim.enable('api', false)
    await sim.advance(1000)
    expect(ended).toBe(1)
    expect(sim.store.get('Update', String(current))?.status.phase).toBe('cancelled')
    expect(sim.resource('api').current).toBeUndefined()
  })

  it('APPLY-07: tries once more what has vanished or was changed in the middle of it', async () => {
    const records = fakeRecords()
    let refusals = 1
    const config = (mode: string) => (c: Parameters<Config>[0]) => {
      c.manifests([configMap('settings', { mode })])
      c.k8sResource(undefined, { newName: 'settings', objects: ['settings'] })
    }
    const sim = await simulateSession({
      config: config('dev'),
      records,
      ports: (ports) => ({
        ...ports,
        kubernetes: {
          ...ports.kubernetes,
          async apply(request, signal) {
            const kubernetes = ports.kubernetes as Kubernetes
            if (JSON.stringify(request.object).includes('prod') && refusals-- > 0) {
              const allow = kubernetes.deny({ verb: 'patch', status: 409, message: 'the object has been modified' })
              try {
                return await kubernetes.apply(request, signal)
              } catch (error) {
                expect(kubernetesRefusal(error)?.status).toBe(409)
                throw Object.assign(error as Error, { details: { ...kubernetesRefusal(error), reason: 'Conflict' } })
              } finally {
                allow()
              }
            }
            return kubernetes.apply(request, signal)
          },
        },
      }),
    })
    await sim.advance(1000)
    await sim.reload(config('prod'))
    await sim.advance(1000)
    expect(last(sim, 'settings')?.phase).toBe('succeeded')
    expect(sim.kubernetes.object(placed(configMap('settings')))).toMatchObject({ data: { mode: 'prod' } })
  })

  it('APPLY-05: writes no more into annotations than whose object it is, so that none can become too long', async () => {
    const text = 'x'.repeat(400_000)
    const sim = await simulateSession({
      config(c) {
        c.manifests([configMap('large', { text })])
        c.k8sResource(undefined, { newName: 'large', objects: ['large'] })
      },
    })
    await sim.advance(1000)
    const server = sim.kubernetes.object(placed(configMap('large')))
    expect(Object.values(server?.metadata.annotations ?? {})).toEqual(['/project/tilt.config.ts'])
    expect(JSON.stringify({ ...server, data: {} }).length).toBeLessThan(1000)
  })
})

describe('a trigger', () => {
  it('TRIG-03: deletes nothing before all is built, and never what says that it stays or holds data', async () => {
    const keep = { annotations: { 'tilt.dev/down-policy': 'keep' } }
    const kept = { ...job('kept', 'true'), metadata: { name: 'kept', ...keep } }
    const sim = await simulateSession({
      config(c) {
        c.manifests([deployment('api'), kept, claim('data'), configMap('settings')])
        c.k8sResource('api', { objects: ['data', 'settings'] })
      },
    })
    await sim.advance(1000)
    const before = [kept, claim('data'), configMap('settings')].map((object) => uid(sim, object))
    sim.trigger('api', 'cli')
    sim.trigger('kept', 'cli')
    await sim.advance(5000)
    expect([last(sim, 'api')?.phase, last(sim, 'kept')?.phase]).toEqual(['succeeded', 'succeeded'])
    expect([kept, claim('data'), configMap('settings')].map((object) => uid(sim, object))).toEqual(before)
  })
})

describe('over two sessions', () => {
  it('an object is noted once, whoever has it and however often it was made anew', async () => {
    const records = fakeRecords()
    const of =
      (name: string): Config =>
      (c) => {
        c.manifests([deployment('api'), deployment('web'), configMap('shared')])
        c.k8sResource(name, { objects: ['shared'] })
      }
    const first = await simulateSession({ config: of('api'), records })
    await first.advance(1000)
    await first.stop()
    const { kubernetes } = first
    const ports: NonNullable<SimulateOptions['ports']> = (all) => ({ ...all, kubernetes })
    kubernetes.delete(placed(configMap('shared')))
    const second = await simulateSession({ config: of('web'), records, ports })
    await second.advance(1000)
    await second.stop()
    const third = await simulateSession({ config: (c) => c.manifests([deployment('api')]), records, ports })
    await third.advance(5000)
    // What was noted twice would be deleted twice.
    expect(kubernetes.writes().filter((write) => write.startsWith('delete'))).toEqual([
      'delete Deployment default/web',
      'delete ConfigMap default/shared',
    ])
    expect(kubernetes.objects('Deployment').map(({ metadata }) => metadata.name)).toEqual(['api'])
  })

  it('that run at the same time on one cluster, each of a project of its own, leave each other alone', async () => {
    const first = await simulateSession({ config: (c) => c.manifests([deployment('api'), deployment('web')]) })
    await first.advance(1000)
    const other = await simulateSession({
      config: (c) => c.manifests([deployment('shop'), deployment('bank')]),
      ports: (ports) => ({ ...ports, kubernetes: first.kubernetes }),
    })
    await other.advance(1000)
    await other.reload((c) => c.manifests([deployment('shop')]))
    await other.advance(5000)
    await first.advance(5000)
    const names = first.kubernetes.objects('Deployment').map(({ metadata }) => metadata.name)
    expect(names.sort()).toEqual(['api', 'shop', 'web'])
  })

  it('APPLY-13: says which other project applies an object, too, also when nothing had to be written', async () => {
    const records = fakeRecords()
    const config: Config = (c) => c.manifests([deployment('api'), deployment('web')])
    const sim = await simulateSession({ config, records })
    await sim.advance(1000)
    expect(sim.log('api')).not.toContain('too:')
    const other = markOf('/home/other/tilt.config.ts')
    const { apply } = sim.kubernetes
    const object = withProjectMark(deployment('api'), other)
    await apply({ object, fieldManager: other.fieldManager, force: true }, new AbortController().signal)
    await sim.stop()
    const next = await simulateSession({
      config,
      records,
      ports: (ports) => ({ ...ports, kubernetes: sim.kubernetes }),
    })
    await next.advance(1000)
    expect(next.log('api')).toContain(
      'The project of /home/other/tilt.config.ts applies Deployment/api in default, too',
    )
    expect(next.log('web')).not.toContain('/home/other')
  })
})
