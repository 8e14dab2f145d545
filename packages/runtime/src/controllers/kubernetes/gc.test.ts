import { withProjectMark } from '@tiltts/core/kubernetes'
import type { KubernetesManifest } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { markOf } from '../../executors/kubernetes/inventory.js'
import { fakeRecords } from '../../testing/fake-records.js'
import { type SimulateOptions, type Simulation, simulateSession } from '../../testing/simulate.js'
import { claim, configMap, deployment, namespace, placed } from './manifests.test.support.js'

type Config = SimulateOptions['config']

const deploys =
  (...objects: readonly KubernetesManifest[]): Config =>
  (c) =>
    c.manifests(objects)

async function session(config: Config, options: Partial<SimulateOptions> = {}): Promise<Simulation> {
  const sim = await simulateSession({ config, ...options })
  await sim.advance(1000)
  return sim
}

async function reload(sim: Simulation, config: Config): Promise<void> {
  await sim.reload(config)
  await sim.advance(5000)
}

const isThere = (sim: Simulation, object: KubernetesManifest): boolean =>
  sim.kubernetes.object(placed(object)) !== undefined
const keep = { annotations: { 'tilt.dev/down-policy': 'keep' } }

describe('what no resource has any more', () => {
  it('GC-01: is deleted once the resource was applied without it, and the log says so', async () => {
    const withMap: Config = (c) => {
      c.manifests([deployment('api'), configMap('old')])
      c.k8sResource('api', { objects: ['old'] })
    }
    const sim = await session(withMap)
    await reload(sim, deploys(deployment('api', 'busybox:1')))
    expect(isThere(sim, configMap('old'))).toBe(false)
    expect(isThere(sim, deployment('api'))).toBe(true)
    expect(sim.log('api')).toContain('ConfigMap/old in default was deleted: its manifests are without it now')
  })

  it('GC-01: stays when the apply without it fails', async () => {
    const sim = await session((c) => {
      c.manifests([deployment('api'), configMap('old')])
      c.k8sResource('api', { objects: ['old'] })
    })
    sim.kubernetes.deny({ verb: 'patch', kind: 'Deployment' })
    await reload(sim, deploys(deployment('api', 'busybox:1')))
    expect(sim.resource('api').last).toBe('failed')
    expect(isThere(sim, configMap('old'))).toBe(true)
  })

  it('GC-01: is deleted when its resource leaves the config', async () => {
    const sim = await session(deploys(deployment('api'), deployment('web')))
    await reload(sim, deploys(deployment('web')))
    expect(isThere(sim, deployment('api'))).toBe(false)
    expect(isThere(sim, deployment('web'))).toBe(true)
  })

  it('GC-01: is deleted when nothing of the config needs a cluster any more, as soon as that answers', async () => {
    const sim = await session(deploys(deployment('api')))
    sim.kubernetes.goAway()
    await reload(sim, (c) => c.local('other', { cmd: 'true' }))
    sim.kubernetes.comeBack()
    await sim.advance(20_000)
    expect(isThere(sim, deployment('api'))).toBe(false)
  })

  it('GC-02: stays when another resource has it now', async () => {
    const of =
      (name: string): Config =>
      (c) => {
        c.manifests([deployment('api'), deployment('web'), configMap('shared')])
        c.k8sResource(name, { objects: ['shared'] })
      }
    const sim = await session(of('api'))
    const before = sim.kubernetes.object(placed(configMap('shared')))?.metadata['uid']
    await reload(sim, of('web'))
    expect(sim.kubernetes.object(placed(configMap('shared')))?.metadata['uid']).toBe(before)
  })

  it('GC-03: stays when its annotation says so', async () => {
    const kept = { ...configMap('kept'), metadata: { name: 'kept', ...keep } }
    const sim = await session(deploys(deployment('api'), kept))
    await reload(sim, deploys(deployment('api')))
    expect(isThere(sim, kept)).toBe(true)
  })

  it('GC-03: stays when it holds more than its definition, and that is said once', async () => {
    const sim = await session(deploys(deployment('api'), claim('data'), namespace('shop')))
    await reload(sim, deploys(deployment('api')))
    await reload(sim, deploys(deployment('api', 'busybox:1')))
    expect(isThere(sim, claim('data'))).toBe(true)
    expect(isThere(sim, namespace('shop'))).toBe(true)
    const said = sim.lines('uncategorized').filter(({ message }) => message.includes('is left in the cluster'))
    expect(said.map(({ message }) => message).sort()).toEqual([
      'Namespace/shop is left in the cluster: what a Namespace holds is deleted by nobody but you',
      'PersistentVolumeClaim/data in default is left in the cluster: what a PersistentVolumeClaim holds is deleted by nobody but you',
    ])
  })

  it('GC-05: is found again in the next session', async () => {
    const records = fakeRecords()
    const first = await session(deploys(deployment('api'), deployment('web')), { records })
    await first.stop()
    expect(isThere(first, deployment('api'))).toBe(true)
    await session(deploys(deployment('web')), {
      records,
      ports: (ports) => ({ ...ports, kubernetes: first.kubernetes }),
    })
    expect(isThere(first, deployment('api'))).toBe(false)
    expect(isThere(first, deployment('web'))).toBe(true)
  })

  it('GC-05: is left alone when somebody else has made it anew, and when it is the work of others', async () => {
    const sim = await session(deploys(deployment('api'), deployment('web')))
    sim.kubernetes.delete(placed(deployment('api')))
    sim.kubernetes.applyAs('colleague', deployment('api'))
    sim.kubernetes.applyAs('colleague', deployment('other'))
    await reload(sim, deploys(deployment('web')))
    expect(isThere(sim, deployment('api'))).toBe(true)
    expect(isThere(sim, deployment('other'))).toBe(true)
  })

  it('GC-06: is left to another project that applies it, too, and only loses what nobody else wants', async () => {
    const other = markOf('/home/other/tilt.config.ts')
    const never = new AbortController().signal
    const sim = await session(
      deploys(deployment('api'), configMap('both', { mine: '1', ours: '1' }), configMap('mine')),
    )
    const theirs = withProjectMark(configMap('both', { ours: '1' }), other)
    await sim.kubernetes.apply({ object: theirs, fieldManager: other.fieldManager, force: true }, never)
    await reload(sim, deploys(deployment('api')))
    expect(isThere(sim, configMap('mine'))).toBe(false)
    expect(sim.kubernetes.object(placed(configMap('both')))).toMatchObject({
      metadata: { annotations: { [other.annotation]: other.project } },
      data: { ours: '1' },
    })
    const left = sim.kubernetes.object(placed(configMap('both')))
    expect(left?.['data']).toEqual({ ours: '1' })
    expect(Object.keys(left?.metadata.annotations ?? {})).toEqual([other.annotation])
    expect(sim.log('uncategorized')).toContain(
      'ConfigMap/both in default is left in the cluster: /home/other/tilt.config.ts applies it, too',
    )
    const writes = sim.kubernetes.writes().length
    await reload(sim, deploys(deployment('api', 'busybox:1')))
    expect(sim.kubernetes.writes().slice(writes).join()).not.toContain('both')
  })

  it('DIS-01: is deleted when its resource is switched off, and back when that is switched on', async () => {
    const sim = await session(deploys(deployment('api'), deployment('web')))
    await sim.enable('api', false)
    await sim.advance(5000)
    expect(isThere(sim, deployment('api'))).toBe(false)
    expect(isThere(sim, deployment('web'))).toBe(true)
    await sim.enable('api', true)
    await sim.advance(5000)
    expect(isThere(sim, deployment('api'))).toBe(true)
    expect(sim.updates('api')).toHaveLength(2)
  })

  it('DIS-02: is deployed again only with its dependencies, and when it starts by itself', async () => {
    const sim = await session((c) => {
      c.manifests([deployment('api'), deployment('db'), deployment('web')])
      c.k8sResource('api', { needs: ['db'] })
      c.k8sResource('web', { autoInit: false })
    })
    sim.trigger('web', 'cli')
    await sim.advance(2000)
    for (const name of ['api', 'db', 'web']) await sim.enable(name, false)
    await sim.advance(5000)
    expect(['api', 'db', 'web'].filter((name) => isThere(sim, deployment(name)))).toEqual([])
    await sim.enable('api', true)
    await sim.enable('web', true)
    await sim.advance(5000)
    expect(sim.resource('api').hold?.reason).toBe('waiting-for-dep')
    await sim.enable('db', true)
    await sim.advance(5000)
    expect(['api', 'db', 'web'].filter((name) => isThere(sim, deployment(name)))).toEqual(['api', 'db'])
  })

  it('DIS-07: is deleted when `uncategorized` is switched off, like any other', async () => {
    const sim = await session(deploys(deployment('api'), configMap('settings')))
    await sim.enable('uncategorized', false)
    await sim.advance(5000)
    expect(isThere(sim, configMap('settings'))).toBe(false)
    expect(isThere(sim, deployment('api'))).toBe(true)
  })

  it('DIS-01: stays when its resource was off from the beginning', async () => {
    const records = fakeRecords()
    const first = await session(deploys(deployment('api'), deployment('web')), { records })
    await first.stop()
    const ports: SimulateOptions['ports'] = (all) => ({ ...all, kubernetes: first.kubernetes })
    await session(
      (c) => {
        c.manifests([deployment('api'), deployment('web')])
        c.enable(['web'])
      },
      { records, ports },
    )
    expect(isThere(first, deployment('api'))).toBe(true)
  })

  it('waits for a cluster that is away', async () => {
    const sim = await session(deploys(deployment('api'), deployment('web')))
    sim.kubernetes.goAway()
    await reload(sim, deploys(deployment('web')))
    sim.kubernetes.comeBack()
    await sim.advance(20_000)
    expect(isThere(sim, deployment('api'))).toBe(false)
  })
})
