import { podOf } from '@tiltts/core/kubernetes'
import type { ForwardTarget, Pod } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { looksOf } from './look-around.js'
import { lookers } from './lookers.js'
import { serviceView } from './service-view.js'

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'db', namespace: 'shop' },
  spec: { selector: { app: 'db', tier: 'data' }, ports: [] },
}
const found = {
  uid: 'u',
  kind: 'Service',
  namespace: 'shop',
  name: 'db',
  progress: { state: 'ready' as const },
  version: '1',
  service: serviceView(service),
  gone: false,
}
const view = (services = [found]) => ({
  servicesIn: (namespace: string) => services.filter((one) => one.namespace === namespace),
})

function pod(name: string, labels: Readonly<Record<string, string>> = {}, owners: Pod['owners'] = []): Pod {
  return podOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels } }, owners)
}

function looking(extraSelectors: readonly Readonly<Record<string, string>>[], target?: ForwardTarget) {
  const spec = { strategy: 'default', podReadiness: 'wait', namespaces: [], extraSelectors, target } as const
  return looksOf(view(), spec, 'shop')
}

describe('who looks for a pod', () => {
  it('by labels: those that ask for labels which it has, all of one selector', () => {
    const index = lookers()
    index.set('one', looking([{ app: 'a' }]))
    index.set('two', looking([{ app: 'a', tier: 'web' }, { app: 'c' }]))
    expect([...index.for(pod('x', { app: 'a' }))]).toEqual(['one'])
    expect([...index.for(pod('x', { app: 'a', tier: 'web' }))].toSorted()).toEqual(['one', 'two'])
    expect([...index.for(pod('x', { app: 'c' }))]).toEqual(['two'])
    index.set('two', [])
    expect([...index.for(pod('x', { app: 'c' }))]).toEqual([])
  })

  it('by what it leads to: a pod, what made it, or the Service that selects it', () => {
    const index = lookers()
    index.set('pod', looking([], { kind: 'pod', name: 'db-0' }))
    index.set('set', looking([], { kind: 'statefulset', name: 'db' }))
    index.set('service', looking([], { kind: 'service', name: 'db' }), 'service/shop/db')
    index.set('elsewhere', looking([], { kind: 'pod', name: 'db-0', namespace: 'other' }))
    const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace: 'shop', name: 'db', uid: '1' }
    expect([...index.for(pod('db-0', { app: 'db', tier: 'data' }, [owner]))].toSorted()).toEqual([
      'pod',
      'service',
      'set',
    ])
    expect([...index.for(pod('db-1', { app: 'db' }))]).toEqual([])
    expect([...index.ledTo('service/shop/db')]).toEqual(['service'])
  })

  it('a Service that is not known yet, or selects nothing, leads to no pod', () => {
    const spec = { strategy: 'default', podReadiness: 'wait', namespaces: [], extraSelectors: [] } as const
    const target = { kind: 'service', name: 'db' } as const
    expect(looksOf(view([]), { ...spec, target }, 'shop')).toEqual([])
  })
})
