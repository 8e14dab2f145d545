import { k8sYaml } from '@tiltts/config'
import { expect, it } from 'vitest'
import { kubernetesOf, messagesOf } from '../evaluate.test.support.js'
import { namespaceCreate, namespaceInject, namespaceYaml } from './index.js'

it('EXT-50: a namespace is an object, with annotations and labels', async () => {
  expect(namespaceYaml('dev')).toEqual({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } })
  const options = { labels: { team: 'shop' }, annotations: { note: 'x' } }
  const kubernetes = await kubernetesOf(() => namespaceCreate('dev', { ...options, allowDuplicates: true }))
  expect(kubernetes?.manifests).toMatchObject([
    {
      allowDuplicates: true,
      sources: [{ type: 'objects', objects: [{ kind: 'Namespace', metadata: { name: 'dev', ...options } }] }],
    },
  ])
})

it('EXT-51: manifests are put into a namespace, whatever they come from', async () => {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }
  const kubernetes = await kubernetesOf(() => k8sYaml(namespaceInject([object], 'dev')))
  expect(kubernetes?.manifests[0]?.sources).toEqual([
    { type: 'namespace', namespace: 'dev', sources: [{ type: 'objects', objects: [object] }] },
  ])
  expect(await messagesOf(() => k8sYaml(namespaceInject([object], 'My Space')))).toEqual([
    'inNamespace(): expected the name of a namespace, got "My Space"',
  ])
})
