import { expect, it } from 'vitest'
import { type Simulation, simulateSession } from '../../testing/simulate.js'
import { configMap, deployment, namespace } from './manifests.test.support.js'

it('PUSH-01: a cluster that was made anew in the place of another is asked for its registry again', async () => {
  let uid = 'first'
  const sim = await simulateSession({
    config: (c) => c.manifests([deployment('api')]),
    ports(ports) {
      const kubernetes = ports.kubernetes as Simulation['kubernetes']
      kubernetes.applyAs('setup', namespace('kube-public'))
      return {
        ...ports,
        kubernetes: { ...kubernetes, info: async (signal) => ({ ...(await kubernetes.info(signal)), uid }) },
      }
    },
  })
  const status = () => sim.store.get('Cluster', 'default')?.status
  await sim.advance(1000)
  expect(status()).toMatchObject({ uid: 'first' })
  expect(status()?.registry).toBeUndefined()

  const hosting = configMap('local-registry-hosting', { 'localRegistryHosting.v1': 'host: "localhost:5001"\n' })
  sim.kubernetes.applyAs('setup', { ...hosting, metadata: { ...hosting.metadata, namespace: 'kube-public' } })
  uid = 'second'
  await sim.advance(16_000)
  expect(status()).toMatchObject({ uid: 'second', registry: { host: 'localhost:5001' } })
})
