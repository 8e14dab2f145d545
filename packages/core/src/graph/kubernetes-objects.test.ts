import { annotation } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { deployment, manifest } from '../kubernetes/manifests.test.support.js'
import { hasLiveUpdate, liveUpdateCovers } from '../live-update/live-update-covers.js'
import { liveUses } from '../live-update/live-uses.js'
import { dockerImage, following } from './compose.test.support.js'
import { linkGood } from './graph.test.support.js'
import {
  clusterGraph,
  clusterSpecOf,
  context,
  customDeploy,
  forward,
  k8sResource,
  linkManifests,
  read,
} from './kubernetes.test.support.js'
import { type ObjectOptions, toObjects } from './to-objects.js'
import type { LinkedGraph } from './types.js'

const names = (linked: LinkedGraph, options: ObjectOptions = { command: 'dev' }) =>
  toObjects(linked, options).map(({ kind, name }) => `${kind}/${name}`)
const object = (linked: LinkedGraph, name: string, options: ObjectOptions = { command: 'dev' }) => {
  const found = toObjects(linked, options).find((candidate) => `${candidate.kind}/${candidate.name}` === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}
const disableSource = { configMap: { name: 'web-disable', key: 'isDisabled' } }

describe('objects of Kubernetes resources', () => {
  it('are made for what is deployed, its pods and its forwards', () => {
    const resources = [k8sResource('web', { portForwards: [{ localPort: 8080 }] })]
    const images = [dockerImage('shop/web')]
    const linked = linkManifests([deployment('web')], { resources, forwards: [forward('grafana')] }, { images })
    expect(names(linked)).toEqual([
      'Cluster/docker',
      'Cluster/default',
      'Image/shop_web',
      'Resource/web',
      'ConfigMap/web-disable',
      'KubernetesApply/web',
      'KubernetesDiscovery/web',
      'PortForward/web',
      'UIButton/web-stopbuild',
      'ToggleButton/web-disable',
      'Resource/grafana',
      'ConfigMap/grafana-disable',
      'KubernetesDiscovery/grafana',
      'PortForward/grafana',
      'UIButton/grafana-stopbuild',
      'ToggleButton/grafana-disable',
      'FileWatch/image:shop_web',
    ])
  })

  it('the cluster is that of the context; without one nothing is known of it', () => {
    const linked = linkGood(clusterGraph(), read([deployment('web', [])], { context: context({ namespace: 'shop' }) }))
    expect(names(linked)).not.toContain('Cluster/docker')
    expect(object(linked, 'Cluster/default').spec).toEqual({
      connection: { kubernetes: { context: 'kind-shop', namespace: 'shop', cluster: 'kind-shop', product: 'kind' } },
    })
    expect(object(linkManifests([deployment('web')]), 'Cluster/default').spec).toEqual({
      connection: { kubernetes: { context: '', namespace: 'default', cluster: '', product: 'unknown' } },
    })
  })

  it('name what is applied, in order, with the namespaces of the manifests', () => {
    const secret = { ...manifest('v1', 'Secret', 'key'), metadata: { name: 'key', namespace: 'shop' } }
    const resources = [k8sResource('web', { objects: ['key'], extraPodSelectors: [{ a: 'b' }] })]
    const linked = linkManifests([deployment('web'), secret], { resources }, { settings: { k8sUpsertTimeoutMs: 5 } })
    expect(object(linked, 'KubernetesApply/web')).toMatchObject({
      spec: {
        objects: [
          { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'key' },
          { apiVersion: 'apps/v1', kind: 'Deployment', namespace: '', name: 'web' },
        ],
        timeoutMs: 5,
        disableSource,
      },
      initialStatus: { applied: [], appliedOnce: false },
      meta: { annotations: { [annotation.resource]: 'web' } },
    })
    expect(object(linked, 'KubernetesDiscovery/web').spec).toEqual({
      strategy: 'default',
      extraSelectors: [{ a: 'b' }],
      podReadiness: 'wait',
      namespaces: ['shop', ''],
      target: undefined,
      disableSource,
    })
  })

  it('KR-07: forwards listen on the host of the session, unless they name one', () => {
    const portForwards = [{ localPort: 1 }, { localPort: 2, host: '0.0.0.0' }]
    const linked = linkManifests([deployment('web')], { resources: [k8sResource('web', { portForwards })] })
    const hosts = (options: ObjectOptions) => {
      const { spec } = object(linked, 'PortForward/web', options)
      return 'forwards' in spec ? spec.forwards.map(({ host }) => host) : []
    }
    expect(hosts({ command: 'dev' })).toEqual(['localhost', '0.0.0.0'])
    expect(hosts({ command: 'ci', host: '10.0.0.1' })).toEqual(['10.0.0.1', '0.0.0.0'])
  })

  it('a forward leads to what it names, wherever the context is', () => {
    const target = { kind: 'deployment' as const, name: 'api', namespace: 'shop' }
    const linked = linkManifests([], { forwards: [forward('web', { target })] })
    expect(object(linked, 'KubernetesDiscovery/web').spec).toMatchObject({ namespaces: ['shop'], target })
    expect(object(linked, 'PortForward/web').spec).toMatchObject({ discovery: 'web', target })
  })

  it('KD-02: what a command deploys is watched, and files that its live update takes in run no command', () => {
    const liveUpdate = { ...following('/shop/chart/src'), stopPaths: ['/shop/chart/src/package.json'] }
    const ignores = [{ basePath: '/shop/chart', patterns: ['*.md'] }]
    const custom = { liveUpdate, containerSelector: 'web', ignores }
    const linked = linkManifests([], { customDeploys: [customDeploy('web', custom)] })
    expect(object(linked, 'FileWatch/web').spec).toEqual({ watchedPaths: ['/shop/chart'], ignores, disableSource })
    const uses = liveUses(clusterSpecOf(linked, 'web'))
    expect(hasLiveUpdate(uses)).toBe(true)
    expect(liveUpdateCovers(uses, ['/shop/chart/src/a.ts']).covered).toBe(true)
    expect(liveUpdateCovers(uses, ['/shop/chart/values.yaml']).covered).toBe(false)
    expect(liveUpdateCovers(uses, ['/shop/chart/src/package.json']).covered).toBe(false)
  })
})
