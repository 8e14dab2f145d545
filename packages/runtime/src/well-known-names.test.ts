import { expect, it } from 'vitest'
import { startWeb, webConfig } from './controllers/kubernetes/live-pods.test.support.js'
import { simulateJobs } from './testing/simulate-jobs.js'

const names = (
  { store }: Pick<Awaited<ReturnType<typeof startWeb>>, 'store'>,
  kind: Parameters<typeof store.list>[0],
) => store.list(kind).map(({ metadata }) => metadata.name)

it('API-22: objects of a session have the names by which scripts ask for them', async () => {
  const { sim } = await simulateJobs((c) => c.local('lint', { cmd: 'true', serveCmd: 'job lint' }))
  expect(names(sim, 'Session')).toEqual(['Tiltfile'])
  expect(names(sim, 'UISession')).toEqual(['Tiltfile'])
  expect(names(sim, 'Tiltfile')).toEqual(['(Tiltfile)'])
  expect(names(sim, 'UIResource')).toEqual(['(Tiltfile)', 'lint'])
  expect(names(sim, 'ConfigMap')).toContain('lint-disable')
  expect(names(sim, 'ToggleButton')).toEqual(['lint-disable'])
  expect(names(sim, 'UIButton')).toEqual(['(Tiltfile)-stopbuild', 'lint-stopbuild', 'toggle-lint-disable'])
  expect(names(sim, 'Cmd')).toContain('lint:update')
  const serves = sim.store.list('Cmd').filter(({ metadata }) => metadata.annotations?.['tilt.dev/resource'] === 'lint')
  expect(serves).toHaveLength(2)
})

it('API-22: those of a workload are called as it is', async () => {
  const sim = await startWeb({ config: webConfig() })
  expect(names(sim, 'Cluster').toSorted()).toEqual(['default', 'docker'])
  expect(names(sim, 'KubernetesApply')).toEqual(['web'])
  expect(names(sim, 'KubernetesDiscovery')).toEqual(['web'])
})
