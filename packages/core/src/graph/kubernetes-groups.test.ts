import { describe, expect, it } from 'vitest'
import { deployment, manifest } from '../kubernetes/manifests.test.support.js'
import { workloadKey, workloadsOf } from '../kubernetes/workloads.js'
import { dockerImage } from './compose.test.support.js'
import { at, choose, complaints, hintsOf, linkGood } from './graph.test.support.js'
import {
  clusterGraph,
  clusterSpecOf,
  documents,
  groupsOf,
  k8sResource,
  linkManifests,
  read,
  service,
  yaml,
} from './kubernetes.test.support.js'

const settings = manifest('v1', 'ConfigMap', 'settings')
const widget = manifest('example.com/v1', 'Widget', 'blue', { spec: { image: 'shop/widget' } })
const kind = (name: string) => ({ kind: name, imageJsonPaths: [], place: at(3) })

describe('workloads', () => {
  it('KG-01: are what names an image, Jobs and CronJobs, and kinds that the config names', () => {
    const job = manifest('batch/v1', 'Job', 'seed')
    const pod = manifest('v1', 'Pod', 'tool', { spec: { containers: [{ name: 'a', image: 'busybox' }] } })
    const groups = groupsOf(
      linkManifests([settings, deployment('web'), job, pod, widget], { kinds: [kind('^Widget$')] }),
    )
    expect(groups).toEqual({
      web: ['Deployment/web'],
      seed: ['Job/seed'],
      tool: ['Pod/tool'],
      blue: ['Widget/blue'],
      uncategorized: ['ConfigMap/settings'],
    })
  })

  it('KK-02: a kind that the config names makes workloads without any image, whatever the case of its name', () => {
    expect(groupsOf(linkManifests([widget], { kinds: [kind('wid')] }))).toEqual({ blue: ['Widget/blue'] })
    expect(groupsOf(linkManifests([widget]))).toEqual({ uncategorized: ['Widget/blue'] })
    const other = { ...kind('Widget'), apiVersion: 'other.com' }
    expect(groupsOf(linkManifests([widget], { kinds: [other] }))).toEqual({ uncategorized: ['Widget/blue'] })
  })

  it('KG-01: an image in an environment variable counts where it is looked for there', () => {
    const env = [{ name: 'SIDECAR', value: 'shop/sidecar:1' }]
    const object = manifest('apps/v1', 'Deployment', 'x', {
      spec: { template: { metadata: {}, spec: { containers: [{ name: 'a', env }] } } },
    })
    const found = (matchInEnvVars: boolean) =>
      workloadsOf(documents(object), [], [], [dockerImage('shop/sidecar', undefined, { matchInEnvVars })])
    expect(found(true)).toEqual([{ name: 'x', kind: 'Deployment', namespace: 'default', group: 'apps' }])
    expect(found(false)).toEqual([])
  })
})

describe('groups', () => {
  it('KG-02: a Service joins the first workload that has all labels of its selector', () => {
    const objects = [
      service('front', { app: 'web', tier: 'front' }),
      service('none'),
      deployment('web', ['shop/web'], { labels: { tier: 'front' } }),
      deployment('web2', ['shop/web'], { labels: { app: 'web', tier: 'front' } }),
      service('all', { app: 'web' }),
      service('other', { app: 'web', tier: 'back' }),
    ]
    expect(groupsOf(linkManifests(objects))).toEqual({
      web: ['Service/front', 'Service/all', 'Deployment/web'],
      web2: ['Deployment/web2'],
      uncategorized: ['Service/none', 'Service/other'],
    })
  })

  it('KG-02: a Service that names a namespace joins a workload there, one that names none joins any', () => {
    const inShop = deployment('web', ['shop/web'], { namespace: 'shop' })
    const other = service('b', { app: 'web' }, 'default')
    expect(groupsOf(linkManifests([service('a', { app: 'web' }), other, inShop]))).toEqual({
      web: ['Service/a', 'Deployment/web'],
      uncategorized: ['Service/b'],
    })
    expect(groupsOf(linkManifests([other, deployment('web')]))).toEqual({ web: ['Service/b', 'Deployment/web'] })
  })

  it('KG-02: a bare Pod attracts no Service', () => {
    const pod = manifest('v1', 'Pod', 'web', { spec: { containers: [{ name: 'a', image: 'busybox' }] } })
    const labelled = { ...pod, metadata: { name: 'web', labels: { app: 'web' } } }
    expect(groupsOf(linkManifests([labelled, service('web', { app: 'web' })]))).toEqual({
      web: ['Pod/web'],
      uncategorized: ['Service/web'],
    })
  })

  it('KG-03: what has a pod template but no image is a resource of its name, or joins the one of that name', () => {
    const empty = manifest('v1', 'PodTemplate', 'web', { template: { spec: { containers: [] } } })
    const other = { ...empty, metadata: { name: 'other' } }
    expect(groupsOf(linkManifests([empty, other, deployment('web')]))).toEqual({
      web: ['Deployment/web', 'PodTemplate/web'],
      other: ['PodTemplate/other'],
    })
  })

  it('KG-04: everything else is `uncategorized`, the last resource, whoever uses it', () => {
    const objects = ['Secret', 'ConfigMap', 'Namespace'].map((name) => manifest('v1', name, 'a'))
    const linked = linkManifests([...objects, deployment('web')])
    expect(linked.resources.map(({ name }) => name)).toEqual(['web', 'uncategorized'])
    expect(groupsOf(linked)['uncategorized']).toEqual(['Namespace/a', 'ConfigMap/a', 'Secret/a'])
  })

  it('KG-05: `uncategorized` starts by itself, waits for no pods, and is not to be configured', () => {
    const linked = linkManifests([settings], {}, { settings: { triggerMode: 'manual' } })
    expect(clusterSpecOf(linked, 'uncategorized')).toMatchObject({
      triggerMode: 'auto',
      autoInit: true,
      dependencies: [],
      kubernetes: { podReadiness: 'ignore' },
    })
    const graph = clusterGraph({ resources: [k8sResource('uncategorized', { place: at(2) })] })
    expect(complaints(graph, read([settings]))).toEqual([
      "config/unknown-resource tilt.config.ts:2:1 k8sResource('uncategorized'): no workload is called that",
    ])
  })

  it('SEL-03: `uncategorized` takes part whatever is chosen, unless nothing is', () => {
    const enabled = (...names: readonly string[]) => [
      ...linkManifests([settings, deployment('a'), deployment('b')], {}, choose(...names)).enabled,
    ]
    expect(enabled('a')).toEqual(['a', 'uncategorized'])
    expect(enabled()).toEqual([])
  })
})

describe('names of workloads', () => {
  it('KN-01: are their own, with kind, namespace and group added until they are different', () => {
    const names = (...objects: readonly ReturnType<typeof deployment>[]) =>
      linkManifests(objects).resources.map(({ name }) => name)
    const set = { ...deployment('web'), kind: 'StatefulSet' }
    expect(names(deployment('web'), deployment('api'))).toEqual(['web', 'api'])
    expect(names(deployment('web'), set)).toEqual(['web:deployment', 'web:statefulset'])
    const spaces = [deployment('web'), deployment('web', [], { namespace: 'a' })].map((each) => ({
      ...each,
      kind: 'Job',
      apiVersion: 'batch/v1',
    }))
    expect(names(...spaces)).toEqual(['web:job:default', 'web:job:a'])
    const pods = [{ ...set, apiVersion: 'example.com/v1' }, set]
    const linked = linkManifests(pods, { kinds: [kind('StatefulSet')] })
    expect(linked.resources.map(({ name }) => name)).toEqual([
      'web:statefulset:default:example.com',
      'web:statefulset:default:apps',
    ])
  })

  it('KN-02: nobody keeps a short name that another has, too', () => {
    const set = { ...deployment('web'), kind: 'StatefulSet' }
    const calls = { resources: [k8sResource('web', { place: at(2) })] }
    expect(complaints(clusterGraph(calls), read([deployment('web'), set]))).toEqual([
      "config/unknown-resource tilt.config.ts:2:1 k8sResource('web'): no workload is called that",
    ])
    expect(hintsOf(clusterGraph(calls), read([deployment('web'), set]))[0]).toContain(
      'say which: web:deployment, web:statefulset',
    )
  })

  it('KN-02: what is the same all the way has its position added', () => {
    const twice = { manifests: [yaml({ allowDuplicates: true })] }
    expect(
      linkManifests([deployment('a'), deployment('web'), deployment('web')], twice).resources.map(({ name }) => name),
    ).toEqual(['a', 'web:deployment:default:apps:1', 'web:deployment:default:apps:2'])
  })

  it('KN-03: are those that the function of the config gives; two of one name are an error', () => {
    const objects = [deployment('web'), deployment('api')]
    const [web, api] = workloadsOf(documents(...objects), [], [], [])
    if (web === undefined || api === undefined) throw new Error('no workloads')
    const graph = clusterGraph({ nameWorkloads: { fn: { $fn: 'f', hash: 'h' }, place: at(4) } })
    const named = (first: string, second: string) =>
      read(objects, {
        names: new Map([
          [workloadKey(web), first],
          [workloadKey(api), second],
        ]),
      })
    expect(linkGood(graph, named('front', 'back')).resources.map(({ name }) => name)).toEqual(['front', 'back'])
    expect(complaints(graph, named('same', 'same'))).toEqual([
      `config/duplicate-resource tilt.config.ts:4:1 k8s.yaml:20:1 k8s.yaml:10:1 workloadToResourceFunction calls two workloads \`same\`: Deployment/web and Deployment/api`,
    ])
  })

  it('KN-03: nothing is missed while the function was not asked', () => {
    const graph = clusterGraph({
      nameWorkloads: { fn: { $fn: 'f', hash: 'h' }, place: at(4) },
      resources: [k8sResource('front')],
    })
    expect(complaints(graph, read([deployment('web')]))).toEqual([])
    expect(complaints(graph, read([deployment('web')], { names: new Map() }))).toEqual([])
  })
})

describe('objects that are declared twice', () => {
  const graph = (more = {}) => clusterGraph({ manifests: [yaml(), yaml({ place: at(2), ...more })] })
  const both = { kubernetes: { documents: [documents(settings), documents(deployment('web'), settings)] } }

  it('KY-04: are an error that shows both, in the manifest and in the config', () => {
    expect(complaints(graph(), both)).toEqual([
      'config/duplicate-object k8s.yaml:20:1 tilt.config.ts:2:1 k8s.yaml:10:1 tilt.config.ts:1:1 ConfigMap/settings is declared twice',
    ])
    expect(linkGood(graph({ allowDuplicates: true }), both).resources).toHaveLength(2)
  })

  it('KY-04: are others in another namespace, also where that is the one of those that name none', () => {
    const inDefault = { ...settings, metadata: { name: 'settings', namespace: 'default' } }
    expect(complaints(graph(), { kubernetes: { documents: [documents(settings), documents(inDefault)] } })).toEqual([])
  })

  it('are one in two versions of their kind, too', () => {
    const [a, b] = ['autoscaling/v1', 'autoscaling/v2'].map((version) =>
      manifest(version, 'HorizontalPodAutoscaler', 'web'),
    )
    if (a === undefined || b === undefined) throw new Error('no objects')
    expect(complaints(graph(), { kubernetes: { documents: [documents(a), documents(b)] } })).toHaveLength(1)
  })

  it('nothing is linked or missed while manifests could not be read', () => {
    const given = { kubernetes: { documents: [documents(settings), undefined] } }
    const unknown = clusterGraph({
      manifests: [yaml(), yaml()],
      resources: [k8sResource('web'), k8sResource(undefined, { newName: 'x', objects: ['y'] })],
    })
    expect(complaints(unknown, given)).toEqual([])
  })
})
