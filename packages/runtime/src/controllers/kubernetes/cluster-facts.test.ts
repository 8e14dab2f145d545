import { expect, it } from 'vitest'
import { simulateSession } from '../../testing/simulate.js'
import { configMap } from './manifests.test.support.js'

it('API-56: a Cluster that answers names a kubeconfig by which others reach the same one', async () => {
  const sim = await simulateSession({ config: (c) => c.manifests([configMap('a')]) })
  await sim.advance(1_000)
  expect(sim.store.get('Cluster', 'default')?.status).toMatchObject({
    connectedAt: expect.any(String),
    configPath: await sim.kubernetes.frozenKubeconfig(),
  })
})
