import { describe, expect, it } from 'vitest'
import { deployment, manifest } from '../kubernetes/manifests.test.support.js'
import { at, complaints, dependsOn, graphOf, hintsOf, linkGood, local } from './graph.test.support.js'
import {
  clusterGraph,
  clusterSpecOf,
  customDeploy,
  forward,
  groupsOf,
  k8sResource,
  linkManifests,
  read,
  service,
} from './kubernetes.test.support.js'

const settings = manifest('v1', 'ConfigMap', 'settings')
const secret = manifest('v1', 'Secret', 'settings')
const objects = [deployment('web'), deployment('api'), settings]
const wrong = (resources: readonly ReturnType<typeof k8sResource>[], given = objects) =>
  complaints(clusterGraph({ resources }), read(given))
const hints = (resources: readonly ReturnType<typeof k8sResource>[], given = objects) =>
  hintsOf(clusterGraph({ resources }), read(given))

describe('k8sResource', () => {
  it('KR-02: gathers objects under a new name', () => {
    const resources = [k8sResource(undefined, { newName: 'config', objects: ['settings'], labels: ['x'] })]
    const linked = linkManifests(objects, { resources })
    expect(groupsOf(linked)).toEqual({
      web: ['Deployment/web'],
      api: ['Deployment/api'],
      config: ['ConfigMap/settings'],
    })
    expect(clusterSpecOf(linked, 'config').labels).toEqual(['x'])
  })

  it('KR-02, KR-13: without a workload there must be a name and at least one object', () => {
    expect(wrong([k8sResource(undefined, { objects: ['settings'], place: at(2) })])).toEqual([
      'config/invalid-option tilt.config.ts:2:1 k8sResource: neither a workload is named, nor what its objects are to be called together',
    ])
    expect(wrong([k8sResource(undefined, { newName: 'config', place: at(2) })])).toEqual([
      'config/invalid-option tilt.config.ts:2:1 k8sResource: `config` has no objects, so there is nothing to deploy',
    ])
  })

  it('KR-03: a workload that is not there is an error that says what there is', () => {
    const call = k8sResource('wbe', { place: at(2, 5) })
    expect(wrong([call])).toEqual([
      "config/unknown-resource tilt.config.ts:2:5 k8sResource('wbe'): no workload is called that",
    ])
    expect(hints([call])).toEqual(['Did you mean `web`? There are: web, api'])
    expect(hints([call], [])).toContain('No manifest holds a workload: call k8sYaml, too')
  })

  it('KR-03: after it was renamed, a workload is called by its new name', () => {
    const rename = k8sResource('web', { newName: 'front', place: at(2) })
    const later = (name: string) => k8sResource(name, { labels: ['later'], place: at(3) })
    const linked = linkManifests(objects, { resources: [rename, later('front')] })
    expect(clusterSpecOf(linked, 'front').labels).toEqual(['later'])
    expect(wrong([rename, later('web')])).toEqual([
      "config/unknown-resource tilt.config.ts:3:1 tilt.config.ts:2:1 k8sResource('web'): it was renamed `front` by an earlier call",
    ])
    expect(hints([rename, later('web')])).toEqual(["Write: k8sResource('front', …)"])
  })

  it('KR-03: who depends on a renamed workload by either name depends on it', () => {
    const graph = graphOf([local('a', { on: ['web'] }), local('b', { on: ['front'] })], {
      kubernetes: clusterGraph({ resources: [k8sResource('web', { newName: 'front' })] }).kubernetes,
    })
    const linked = linkGood(graph, read(objects))
    const edges = linked.resources.filter(({ spec }) => spec.type === 'local').map(({ spec }) => spec.dependencies)
    expect(edges).toEqual([[{ on: 'front', edge: 'first' }], [{ on: 'front', edge: 'first' }]])
  })

  it('KN-04: a new name that another has is an error with both places', () => {
    expect(wrong([k8sResource('web', { newName: 'api', place: at(2) })])).toEqual([
      'config/duplicate-resource tilt.config.ts:2:1 k8s.yaml:20:1 k8sResource: `web` is to be called `api`, but there is a Kubernetes resource called so already',
    ])
    expect(wrong([k8sResource(undefined, { newName: 'api', objects: ['settings'], place: at(2) })])).toEqual([
      'config/duplicate-resource tilt.config.ts:2:1 k8s.yaml:20:1 k8sResource: objects are to be gathered as `api`, but there is a Kubernetes resource called so already',
    ])
    const graph = graphOf([local('front', { place: at(5) })], {
      kubernetes: clusterGraph({ resources: [k8sResource('web', { newName: 'front', place: at(2) })] }).kubernetes,
    })
    expect(complaints(graph, read(objects))).toEqual([
      'config/duplicate-resource tilt.config.ts:5:1 tilt.config.ts:2:1 There is a Kubernetes resource called `front` already',
    ])
  })

  it('KN-04: names may be exchanged one after the other', () => {
    const resources = [
      k8sResource('web', { newName: 'old' }),
      k8sResource('api', { newName: 'web' }),
      k8sResource('old', { newName: 'api' }),
    ]
    expect(groupsOf(linkManifests(objects, { resources }))).toMatchObject({
      api: ['Deployment/web'],
      web: ['Deployment/api'],
    })
  })

  it('KR-04: calls for one workload add up; of what is no list the last one counts', () => {
    const resources = [
      k8sResource('web', {
        portForwards: [{ localPort: 1 }],
        extraPodSelectors: [{ a: '1' }],
        dependencies: [dependsOn('api')],
        links: [{ url: 'a.b' }],
        labels: ['x', 'y'],
        triggerMode: 'manual',
        autoInit: false,
        podReadiness: 'ignore',
        discoveryStrategy: 'selectors-only',
        readyTimeoutMs: 1,
      }),
      k8sResource('web', {
        portForwards: [{ localPort: 2 }],
        extraPodSelectors: [{ b: '2' }],
        labels: ['y'],
        triggerMode: 'auto',
        podReadiness: 'wait',
      }),
    ]
    expect(clusterSpecOf(linkManifests(objects, { resources }), 'web')).toMatchObject({
      labels: ['x', 'y'],
      links: [{ url: 'http://a.b' }],
      dependencies: [{ on: 'api', edge: 'first' }],
      triggerMode: 'auto',
      autoInit: false,
      readyTimeoutMs: 1,
      kubernetes: {
        portForwards: [{ localPort: 1 }, { localPort: 2 }],
        extraPodSelectors: [{ a: '1' }, { b: '2' }],
        podReadiness: 'wait',
        discoveryStrategy: 'selectors-only',
      },
    })
  })

  it('KR-04: calls that gather under one name add up, too', () => {
    const resources = ['settings:configmap', 'settings:secret'].map((selector) =>
      k8sResource(undefined, { newName: 'config', objects: [selector] }),
    )
    expect(groupsOf(linkManifests([settings, secret], { resources }))).toEqual({
      config: ['ConfigMap/settings', 'Secret/settings'],
    })
  })

  it('names a resource that a command deploys, which takes no objects', () => {
    const customDeploys = [customDeploy('chart', {}, { labels: ['a'] })]
    const resources = [k8sResource('chart', { portForwards: [{ localPort: 1 }], labels: ['b'] })]
    const linked = linkManifests([], { customDeploys, resources })
    expect(clusterSpecOf(linked, 'chart')).toMatchObject({
      labels: ['a', 'b'],
      kubernetes: { portForwards: [{ localPort: 1 }] },
    })
    const graph = clusterGraph({
      customDeploys,
      resources: [k8sResource('chart', { objects: ['settings'], place: at(2) })],
    })
    expect(complaints(graph, read(objects))).toEqual([
      "config/invalid-option tilt.config.ts:2:1 k8sResource('chart'): what a command deploys takes no `objects` of manifests",
    ])
  })
})

describe('objects of a k8sResource', () => {
  const taking = (...selectors: readonly string[]) => [k8sResource('web', { objects: selectors, place: at(2) })]

  it('KR-05: are named by name, kind and namespace, whatever the case', () => {
    const inShop = { ...settings, metadata: { name: 'Settings', namespace: 'shop' } }
    const role = manifest('rbac.authorization.k8s.io/v1', 'Role', 'system:shop')
    const given = [deployment('web'), settings, secret, inShop, role]
    const resources = taking(
      'SETTINGS:configMap:default',
      'settings:secret',
      'system\\:shop',
      'settings:configmap:Shop',
    )
    expect(groupsOf(linkManifests(given, { resources }))).toEqual({
      web: ['Role/system:shop', 'ConfigMap/settings', 'ConfigMap/Settings', 'Secret/settings', 'Deployment/web'],
    })
  })

  it('KR-05: no part of a name is enough', () => {
    expect(wrong(taking('setting'))).toEqual([
      "config/unknown-object tilt.config.ts:2:1 k8sResource('web'): no object is called `setting`",
    ])
    expect(hints(taking('setting'))).toEqual([
      'Did you mean: settings:configmap:default? All objects: web:deployment:default, api:deployment:default, settings:configmap:default',
    ])
  })

  it('KR-05: a selector has one to three parts', () => {
    for (const selector of ['', 'a::b', ':a', 'a:b:c:d'])
      expect(wrong(taking(selector))[0]).toContain(`the selector ${JSON.stringify(selector)} has`)
  })

  it('KR-05: a selector that several objects match is an error that lists them', () => {
    const given = [...objects, secret]
    expect(wrong(taking('settings'), given)).toEqual([
      "config/unknown-object tilt.config.ts:2:1 k8s.yaml:30:1 k8s.yaml:40:1 k8sResource('web'): several objects are called `settings`",
    ])
    expect(hints(taking('settings'), given)).toEqual(['Say which: settings:configmap:default, settings:secret:default'])
  })

  it('KR-05: an object that belongs to another resource is an error that says what is free', () => {
    const calls = [...taking('settings'), k8sResource('api', { objects: ['settings'], place: at(3) })]
    const given = [...objects, manifest('v1', 'Secret', 'key')]
    expect(wrong(calls, given)).toEqual([
      "config/unknown-object tilt.config.ts:3:1 k8s.yaml:30:1 k8sResource('api'): the object `settings` belongs to `web` already",
    ])
    expect(hints(calls, given)).toEqual(['Free are: key:secret:default'])
    expect(wrong(taking('api'))).toEqual([
      "config/unknown-object tilt.config.ts:2:1 k8s.yaml:20:1 k8sResource('web'): the object `api` belongs to `api` already",
    ])
    expect(wrong(taking('web:service'), [...objects, service('web', { app: 'web' })])).toEqual([])
  })
})

describe('readiness', () => {
  const readiness = (given: Parameters<typeof linkManifests>[0], ...more: readonly unknown[]) => {
    const [kubernetes = {}, name = 'x'] = more as [Parameters<typeof linkManifests>[1]?, string?]
    return clusterSpecOf(linkManifests(given, kubernetes), name).kubernetes.podReadiness
  }
  const gather = (more = {}) => ({
    resources: [k8sResource(undefined, { newName: 'x', objects: ['settings'], ...more })],
  })

  it('KR-11: is what the config says, else what the kinds of the objects say, the strictest first', () => {
    expect(readiness([manifest('batch/v1', 'Job', 'x')])).toBe('succeeded')
    expect(readiness([manifest('batch/v1', 'CronJob', 'x')])).toBe('ignore')
    expect(readiness([deployment('x')])).toBe('wait')
    const said = { resources: [k8sResource('x', { podReadiness: 'ignore' })] }
    expect(readiness([manifest('batch/v1', 'Job', 'x')], said)).toBe('ignore')
    const kinds = [{ kind: 'Widget', imageJsonPaths: [], podReadiness: 'wait' as const, place: undefined }]
    const resources = [k8sResource('x', { objects: ['settings'] })]
    const widget = manifest('example.com/v1', 'Widget', 'settings')
    expect(readiness([manifest('batch/v1', 'Job', 'x'), widget], { resources })).toBe('succeeded')
    const both = {
      kinds: [
        ...kinds,
        { ...kinds[0], kind: 'Job', podReadiness: 'wait' as const, imageJsonPaths: [], place: undefined },
      ],
    }
    expect(readiness([manifest('batch/v1', 'Job', 'x')], both)).toBe('wait')
  })

  it('KR-11: gathered objects without pods are not waited for', () => {
    expect(readiness([settings], gather())).toBe('ignore')
    expect(readiness([settings], gather({ extraPodSelectors: [{ a: 'b' }] }))).toBe('wait')
  })
})

describe('what a command deploys, and what is only led to', () => {
  it('KD-01: is a resource of its own, before those of manifests, with the environment of the config', () => {
    const linked = linkManifests([deployment('web')], { customDeploys: [customDeploy('chart')] }, { env: { A: '1' } })
    expect(linked.resources.map(({ name }) => name)).toEqual(['chart', 'web'])
    const { custom } = clusterSpecOf(linked, 'chart').kubernetes
    expect([custom?.apply.env, custom?.remove.env]).toEqual([{ A: '1' }, { A: '1' }])
  })

  it('APPLY-12: its command may take as long as it says, else as long as an object', () => {
    const customDeploys = [customDeploy('chart', { applyTimeoutMs: 0 }), customDeploy('other')]
    const linked = linkManifests([], { customDeploys }, { settings: { k8sUpsertTimeoutMs: 7000 } })
    expect(['chart', 'other'].map((name) => clusterSpecOf(linked, name).kubernetes.timeoutMs)).toEqual([0, 7000])
  })

  it('a forward deploys nothing', () => {
    const linked = linkManifests([], { forwards: [forward('grafana', { labels: ['x'] })] })
    expect(clusterSpecOf(linked, 'grafana')).toMatchObject({
      labels: ['x'],
      kubernetes: { objects: [], target: { kind: 'service', name: 'grafana' }, portForwards: [{ localPort: 3000 }] },
    })
  })

  it('names are checked against all others', () => {
    const graph = clusterGraph({
      customDeploys: [customDeploy('web', {}, { place: at(3) })],
      forwards: [forward('web', { place: at(4) })],
    })
    expect(complaints(graph, read([deployment('web')]))).toEqual([
      'config/duplicate-resource tilt.config.ts:4:1 tilt.config.ts:3:1 There is a Kubernetes resource called `web` already',
      'config/duplicate-resource k8s.yaml:10:1 tilt.config.ts:3:1 There is a Kubernetes resource called `web` already',
    ])
  })
})
