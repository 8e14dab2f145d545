import type { PortForward } from '@tiltts/spec'
import { describe, expect, test } from 'vitest'
import { endpointLinks } from './endpoint-links.js'
import { discovery, kubernetesResource } from './row.test.support.js'

const forward = (
  forwards: PortForward['spec']['forwards'],
  status: PortForward['status']['forwards'] = [],
): PortForward => ({
  apiVersion: 'tilt.dev/v1alpha1',
  kind: 'PortForward',
  metadata: kubernetesResource('x').metadata,
  spec: { forwards, discovery: 'x' },
  status: { forwards: status },
})
const resource = kubernetesResource('x')
const urls = (view: Omit<Parameters<typeof endpointLinks>[0], 'resource'>) =>
  endpointLinks({ resource, ...view }).map(({ url, name }) => `${url} ${name}`)

describe('links of a row', () => {
  test('PF-05, API-30: a forward is linked with its path and name, also before a pod runs', () => {
    const forwards = [
      { localPort: 8080, host: 'localhost', linkPath: 'docs', name: 'API' },
      { localPort: 9000, host: '0.0.0.0' },
      { localPort: 9001, host: '10.0.0.1', linkPath: '/x' },
    ]
    expect(urls({ forward: forward(forwards) })).toEqual([
      'http://localhost:8080/docs API',
      'http://localhost:9000/ ',
      'http://10.0.0.1:9001/x ',
    ])
  })

  test('PF-03: a free port is linked once it is listened on', () => {
    const forwards = [{ localPort: 0, host: 'localhost' }]
    expect(urls({ forward: forward(forwards) })).toEqual([])
    const state = { localPort: 40123, containerPort: 80, host: 'localhost', connections: 0 }
    expect(urls({ forward: forward(forwards, [state]) })).toEqual(['http://localhost:40123/ '])
  })

  test('RDY-06, API-30: a load balancer is linked where nothing is forwarded', () => {
    const found = discovery({ urls: ['http://10.1.1.1:80/'] })
    expect(urls({ discovery: found })).toEqual(['http://10.1.1.1:80/ '])
    expect(urls({ discovery: found, forward: forward([]) })).toEqual([])
  })
})
