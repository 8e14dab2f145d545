import type { KubernetesManifest, ManifestSelector } from '@tiltts/spec'
import { expect, it } from 'vitest'
import { clusterScopedAmong, inNamespace, withNamespace } from './cluster-scoped.js'
import { manifestMatcher } from './select-manifests.js'

const object = (kind: string, name: string, more: object = {}, apiVersion = 'v1'): KubernetesManifest => ({
  apiVersion,
  kind,
  metadata: { name, ...more },
})
const all = [
  object('Service', 'api', { labels: { tier: 'back', team: 'a' } }),
  object('ServiceAccount', 'api', { namespace: 'shop' }),
  object('Deployment', 'web', { namespace: 'shop', labels: { tier: 'front' } }, 'apps/v1'),
]
const matching = (selector: ManifestSelector): readonly string[] => {
  const matcher = manifestMatcher(selector)
  return 'problem' in matcher ? [matcher.problem.message] : all.filter(matcher.matches).map(({ kind }) => kind)
}

it('KY-05: finds expressions anywhere, without regard to case; all must match', () => {
  expect(matching({ kind: 'service' })).toEqual(['Service', 'ServiceAccount'])
  expect(matching({ kind: '^service$' })).toEqual(['Service'])
  expect(matching({ name: 'AP' })).toEqual(['Service', 'ServiceAccount'])
  expect(matching({ name: 'api', apiVersion: 'apps' })).toEqual([])
  expect(matching({})).toHaveLength(3)
})

it('KY-05: an object without a namespace is in default', () => {
  expect(matching({ namespace: 'default' })).toEqual(['Service'])
  expect(matching({ namespace: 'shop' })).toEqual(['ServiceAccount', 'Deployment'])
})

it('KY-05: all labels must be there with just these values', () => {
  expect(matching({ labels: { tier: 'back' } })).toEqual(['Service'])
  expect(matching({ labels: { tier: 'back', team: 'b' } })).toEqual([])
  expect(matching({ labels: { tier: 'bac' } })).toEqual([])
})

it('KY-05: says which expression is none', () => {
  expect(matching({ name: '(' })).toEqual([expect.stringMatching(/^the name of a selector is no regular expression: /)])
})

it('KY-06: a namespace goes to all that name none and can be in one', () => {
  const definition = {
    ...object('CustomResourceDefinition', 'x', {}, 'apiextensions.k8s.io/v1'),
    spec: { group: 'x.io', scope: 'Cluster', names: { kind: 'Wide' } },
  }
  const objects = [
    ...all,
    object('Namespace', 'n'),
    definition,
    object('Wide', 'w', {}, 'x.io/v2'),
    object('Wide', 'o', {}, 'y.io/v1'),
  ]
  expect(withNamespace(objects, 'dev').map(({ metadata }) => metadata.namespace)).toEqual([
    'dev',
    'shop',
    'shop',
    undefined,
    undefined,
    undefined,
    'dev',
  ])
  expect(clusterScopedAmong([])({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' })).toBe(true)
})

it('EXT-51: puts all that can be in a namespace into one, and service accounts that are bound', () => {
  const binding = {
    ...object('ClusterRoleBinding', 'b', {}, 'rbac.authorization.k8s.io/v1'),
    subjects: [
      { kind: 'ServiceAccount', name: 'api', namespace: 'shop' },
      { kind: 'User', name: 'me' },
    ],
  }
  const [service, account, web, bound] = inNamespace([...all, binding], 'dev')
  expect([service, account, web].map((one) => one?.metadata.namespace)).toEqual(['dev', 'dev', 'dev'])
  expect(bound?.metadata).toEqual({ name: 'b' })
  expect(bound?.['subjects']).toEqual([
    { kind: 'ServiceAccount', name: 'api', namespace: 'dev' },
    { kind: 'User', name: 'me' },
  ])
})
