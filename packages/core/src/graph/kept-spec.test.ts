import { expect, it } from 'vitest'
import { keptSpec } from './kept-spec.js'

it('OBJ-01: what a config writes as the wire has it is kept as the engine needs it', () => {
  expect(keptSpec('KubernetesApply', { yaml: 'kind: X', cluster: 'default', timeout: '1m' })).toMatchObject({
    objects: [],
    timeoutMs: 60_000,
    own: { yaml: 'kind: X', extraSelectors: [], strategy: 'default', forwards: [] },
  })
  const watches = [{ uid: 'u' }, { namespace: 'shop' }]
  const extraSelectors = [{ matchLabels: { app: 'web' } }]
  expect(keptSpec('KubernetesDiscovery', { watches, extraSelectors, cluster: 'default' })).toMatchObject({
    watches: [{ uid: 'u', namespace: '' }, { namespace: 'shop' }],
    extraSelectors: [{ app: 'web' }],
    namespaces: ['', 'shop'],
  })
  const forwards = [{ containerPort: 80, path: 'ui' }]
  expect(keptSpec('PortForward', { podName: 'web-1', forwards, cluster: 'default' })).toEqual({
    forwards: [{ containerPort: 80, localPort: 0, host: 'localhost', linkPath: 'ui' }],
    pod: { name: 'web-1', namespace: '' },
  })
  expect(keptSpec('ConfigMap', { data: { a: 'b' } })).toEqual({ data: { a: 'b' } })
})
