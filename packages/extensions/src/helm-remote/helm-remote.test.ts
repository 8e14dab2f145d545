import { expect, it } from 'vitest'
import { evaluate, kubernetesOf } from '../evaluate.test.support.js'
import { helmRemote } from './index.js'

it('EXT-40: deploys a chart of a repository, named by its URL, by OCI, or as helm knows it', async () => {
  const kubernetes = await kubernetesOf(() => {
    helmRemote('redis', { repoUrl: 'https://charts.example.com', version: '1.2.3', set: 'a=b', namespace: 'dev' })
    helmRemote('web', { repoName: 'oci://registry.example.com/charts', releaseName: 'mine' })
    helmRemote('db', { repoUrl: 'oci://registry.example.com/more/' })
    helmRemote('kafka', { repoName: 'acme', installCrds: false, allowDuplicates: true })
  })
  expect(kubernetes?.manifests.map(({ sources }) => sources[0])).toMatchObject([
    {
      type: 'helm',
      chart: 'redis',
      name: 'redis',
      namespace: 'dev',
      set: ['a=b'],
      skipCrds: false,
      remote: { repoUrl: 'https://charts.example.com', version: '1.2.3' },
    },
    { chart: 'oci://registry.example.com/charts/web', name: 'mine', remote: {} },
    { chart: 'oci://registry.example.com/more/db', remote: {} },
    { chart: 'acme/kafka', skipCrds: true, remote: {} },
  ])
  expect(kubernetes?.manifests.map(({ allowDuplicates }) => allowDuplicates)).toEqual([false, false, false, true])
})

it('EXT-42: makes the namespace as well when asked', async () => {
  const kubernetes = await kubernetesOf(() =>
    helmRemote('redis', { repoUrl: 'https://c.example.com', namespace: 'dev', createNamespace: true }),
  )
  expect(kubernetes?.manifests.map(({ sources }) => sources[0]?.type)).toEqual(['objects', 'helm'])
})

it('EXT-43: keeps a password out of the log', async () => {
  const { secrets } = await evaluate(() =>
    helmRemote('redis', { repoUrl: 'https://c.example.com', username: 'me', password: 'hunter2' }),
  ).then(({ graph }) => ({ secrets: graph?.secrets }))
  expect(secrets).toMatchObject([{ value: 'hunter2' }])
})
