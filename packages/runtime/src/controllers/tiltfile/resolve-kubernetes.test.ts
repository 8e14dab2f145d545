import { describe, expect, it } from 'vitest'
import { simulateSession } from '../../testing/simulate.js'
import { configMap, deployment, placed } from '../kubernetes/manifests.test.support.js'

describe('what a config says of Kubernetes', () => {
  it('is read from files, and again when one of them changes', async () => {
    const sim = await simulateSession({
      config: (c) => c.manifests(['k8s/settings.json']),
      files: { 'k8s/settings.json': JSON.stringify(configMap('settings', { mode: 'dev' })) },
    })
    await sim.advance(1000)
    expect(sim.kubernetes.object(placed(configMap('settings')))).toMatchObject({ data: { mode: 'dev' } })
    await sim.edit({ 'k8s/settings.json': JSON.stringify(configMap('settings', { mode: 'test' })) })
    await sim.advance(1000)
    expect(sim.kubernetes.object(placed(configMap('settings')))).toMatchObject({ data: { mode: 'test' } })
  })

  it('is transformed by functions of the config; one that throws is its error, and the last good graph stays', async () => {
    const sim = await simulateSession({
      config: (c) =>
        c.manifests([deployment('api'), configMap('out')], {
          transform: (object) =>
            object.kind === 'ConfigMap' ? null : { ...object, metadata: { ...object.metadata, name: 'renamed' } },
        }),
    })
    await sim.advance(1000)
    expect(sim.kubernetes.writes()).toEqual(['patch Deployment default/renamed'])
    await sim.reload((c) =>
      c.manifests([deployment('api')], {
        transform: () => {
          throw new Error('no such team')
        },
      }),
    )
    await sim.advance(1000)
    expect(sim.tiltfile().terminated?.error).toContain('no such team')
    expect(sim.resource('renamed').last).toBe('succeeded')
  })

  it('KN-04: is named by a function of the config', async () => {
    const sim = await simulateSession({
      config(c) {
        c.manifests([deployment('api')])
        c.workloadToResourceFunction(({ name, kind }) => `${kind.toLowerCase()}-${name}`)
      },
    })
    await sim.advance(1000)
    expect(sim.resource('deployment-api').last).toBe('succeeded')
  })

  it('SEC-01: is kept out of all logs as far as it is secret', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'hunter22' } }
    const sim = await simulateSession({
      config(c) {
        c.manifests([secret])
        c.local('leak', { cmd: 'leak' })
      },
      programs: { leak: (self) => self.stdout('password is hunter22\n') },
    })
    await sim.advance(1000)
    expect(sim.log('leak')).toContain('password is [redacted secret db:password]')
  })

  it('CTX-01: is not deployed to a cluster that may be production, unless its context is named', async () => {
    const kubernetes = { context: { name: 'prod', cluster: 'prod', product: 'unknown', isLocal: false } } as const
    const refused = await simulateSession({ config: (c) => c.manifests([deployment('api')]), kubernetes })
    await refused.advance(1000)
    expect(refused.kubernetes.writes()).toEqual([])
    expect(refused.tiltfile().terminated?.error).toContain('may be production')
    const allowed = await simulateSession({
      config(c) {
        c.allowK8sContexts(['prod'])
        c.manifests([deployment('api')])
      },
      kubernetes,
    })
    await allowed.advance(1000)
    expect(allowed.kubernetes.writes()).toEqual(['patch Deployment default/api'])
  })
})

describe('the connection to the cluster', () => {
  it('CLU-02: is looked at every 15 s, and counts as lost after four failures, until it answers', async () => {
    const sim = await simulateSession({ config: (c) => c.manifests([deployment('api')]) })
    await sim.advance(1000)
    const status = () => sim.store.get('Cluster', 'default')?.status
    expect(status()).toMatchObject({ arch: 'amd64', version: 'v1.34.4' })
    expect(status()?.uid).not.toBe('')
    sim.kubernetes.goAway()
    await sim.advance(13_500)
    expect(status()?.error).toBeUndefined()
    await sim.advance(5000)
    expect(status()?.error).toContain('does not answer')
    sim.kubernetes.comeBack()
    await sim.advance(10_000)
    expect(status()?.error).toBeUndefined()
    const said = sim.lines('').map(({ message }) => message)
    expect(said.filter((line) => line.includes('goes on by itself'))).toHaveLength(1)
    expect(said.filter((line) => line.includes('The cluster answers again'))).toHaveLength(1)
  })

  it('CLU-03: goes on without the right to read nodes', async () => {
    const sim = await simulateSession({
      config: (c) => c.manifests([deployment('api')]),
      kubernetes: { info: { arch: undefined, runtime: undefined } },
    })
    await sim.advance(1000)
    expect(sim.resource('api').last).toBe('succeeded')
  })
})
