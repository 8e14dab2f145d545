import { describe, expect, it } from 'vitest'
import { applyOrder, applyRank } from './apply-order.js'
import { manifest } from './manifests.test.support.js'
import { refKey, refOf, refText } from './objects.js'

describe('the order of applying', () => {
  it('APPLY-01: what others need comes first, kinds without a rank come last, in the order of their documents', () => {
    const kinds = [
      'Ingress',
      'Deployment',
      'Job',
      'Secret',
      'CustomResourceDefinition',
      'Widget',
      'Namespace',
      'ServiceAccount',
    ]
    const sorted = applyOrder(kinds.map((kind) => manifest('v1', kind, 'a'))).map(({ kind }) => kind)
    expect(sorted).toEqual([
      'Namespace',
      'CustomResourceDefinition',
      'ServiceAccount',
      'Secret',
      'Deployment',
      'Ingress',
      'Job',
      'Widget',
    ])
    expect(applyRank({ kind: 'Job' })).toBe(applyRank({ kind: 'Widget' }))
    expect(applyRank({ kind: 'Service' })).toBeLessThan(applyRank({ kind: 'Deployment' }))
  })

  it('names an object alike in all versions of its kind', () => {
    const [a, b] = ['apps/v1', 'apps/v1beta2'].map((version) => refOf(manifest(version, 'Deployment', 'web')))
    expect(a && b && refKey(a) === refKey(b)).toBe(true)
    expect(a && refText({ ...a, namespace: 'shop' })).toBe('Deployment/web in shop')
  })
})
