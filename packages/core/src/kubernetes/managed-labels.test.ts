import { describe, expect, it } from 'vitest'
import { templateHashLabel, withManagedLabels, withTemplateHash } from './managed-labels.js'
import { deployment, manifest } from './manifests.test.support.js'
import { valueAt } from './tree.js'

const template = ['spec', 'template', 'metadata', 'labels']
const label = 'app.kubernetes.io/managed-by'

describe('labels of what is deployed', () => {
  it('INJ-01: objects and pod templates say who manages them; selectors only where they asked before', () => {
    const object = withManagedLabels(deployment('web'))
    expect(object.metadata.labels).toEqual({ [label]: 'tilt' })
    expect(valueAt(object, template)).toEqual({ app: 'web', [label]: 'tilt' })
    expect(valueAt(object, ['spec', 'selector', 'matchLabels'])).toEqual({ app: 'web' })
    const service = manifest('v1', 'Service', 'web', { spec: { selector: { [label]: 'Helm', app: 'web' } } })
    expect(valueAt(withManagedLabels(service), ['spec', 'selector'])).toEqual({ [label]: 'tilt', app: 'web' })
  })

  it('INJ-01: claims inside a StatefulSet stay as they are, which nobody could change', () => {
    const claims = [{ metadata: { name: 'data' }, spec: {} }]
    const { spec, ...rest } = deployment('db')
    const set = { ...rest, kind: 'StatefulSet', spec: { ...(spec as object), volumeClaimTemplates: claims } }
    expect(valueAt(withManagedLabels(set), ['spec', 'volumeClaimTemplates'])).toEqual(claims)
  })

  it('INJ-06: pods carry twenty digits of the hash of their template', () => {
    const seen: string[] = []
    const sha1 = (text: string): string => {
      seen.push(text)
      return `${'a'.repeat(20)}${'b'.repeat(20)}`
    }
    const web = deployment('web')
    const { object, hashes } = withTemplateHash(web, sha1)
    expect(hashes).toEqual(['a'.repeat(20)])
    expect(valueAt(object, [...template, templateHashLabel])).toBe('a'.repeat(20))
    expect(seen.map((text) => JSON.parse(text) as unknown)).toEqual([valueAt(web, ['spec', 'template'])])
    expect(withTemplateHash(manifest('v1', 'ConfigMap', 'c'), sha1).hashes).toEqual([])
  })
})
