import type { ImageNode, KubernetesGraph, KubernetesManifest, LiveUpdateSpec } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { deployment, manifest } from '../kubernetes/manifests.test.support.js'
import { customImage, dockerImage, following, imageSpec, restarting } from './compose.test.support.js'
import { at, complaints, hintsOf, linkGood, step } from './graph.test.support.js'
import {
  clusterGraph,
  clusterSpecOf,
  customDeploy,
  k8sResource,
  linkManifests,
  read,
  yaml,
} from './kubernetes.test.support.js'

const web = deployment('web', ['shop/web:dev'])
const wrong = (
  images: readonly ImageNode[],
  objects: readonly KubernetesManifest[] = [web],
  more: Partial<KubernetesGraph> = {},
) => complaints(clusterGraph(more, { images }), read(objects))

describe('images of Kubernetes resources', () => {
  it('are built for the objects that name them, with what they are built upon', () => {
    const images = [
      dockerImage('shop/base'),
      dockerImage('shop/web', 'FROM shop/base', { liveUpdate: following('/shop/web') }),
    ]
    const linked = linkManifests([web], {}, { images })
    expect(clusterSpecOf(linked, 'web')).toMatchObject({
      images: [
        { name: 'shop_base', deployed: false },
        { name: 'shop_web', deployed: true, refs: ['shop/web:dev'], liveUpdate: following('/shop/web') },
      ],
      watches: ['image:shop_base', 'image:shop_web'],
    })
    expect(imageSpec(linked, 'shop_web').deployedBy).toEqual(['web'])
    expect(imageSpec(linked, 'shop_base').deployedBy).toEqual([])
  })

  it('several of one resource are all its images', () => {
    const two = deployment('web', ['shop/web:a', 'shop/side', 'docker.io/shop/web:b', 'busybox'])
    const linked = linkManifests([two], {}, { images: [dockerImage('shop/web'), dockerImage('shop/side')] })
    expect(clusterSpecOf(linked, 'web').images.map(({ name, refs }) => [name, refs])).toEqual([
      ['shop_web', ['shop/web:a', 'docker.io/shop/web:b']],
      ['shop_side', ['shop/side']],
    ])
  })

  it('DB-11: of several tags of a name the exact one is meant', () => {
    const images = [dockerImage('shop/web:dev'), dockerImage('shop/web:prod')]
    const settings = { suppressUnusedImageWarnings: ['*'] }
    const linked = linkManifests([web], {}, { images, settings })
    expect(clusterSpecOf(linked, 'web').images.map(({ name }) => name)).toEqual(['shop_web:dev'])
  })

  it('DB-07: are found in environment variables only where that is asked for', () => {
    const container = { name: 'a', image: 'busybox', env: [{ name: 'RUN', value: 'shop/job:1' }] }
    const object = deployment('web', [], { pod: { containers: [container] } })
    const images = (matchInEnvVars: boolean) => [dockerImage('shop/job', undefined, { matchInEnvVars })]
    expect(clusterSpecOf(linkManifests([object], {}, { images: images(true) }), 'web').images).toMatchObject([
      { name: 'shop_job', refs: ['shop/job:1'] },
    ])
    expect(wrong(images(false), [object])).toHaveLength(1)
  })

  it('KK-03: are found where JSON paths lead, which is said to who puts them in', () => {
    const widget = manifest('example.com/v1', 'Widget', 'blue', { spec: { parts: [{ image: 'shop/web' }] } })
    const kinds = [{ kind: 'Widget', imageJsonPaths: ['{.spec.parts[*].image}'], place: at(3) }]
    const linked = linkManifests([manifest('v1', 'Pod', 'x'), widget], { kinds }, { images: [dockerImage('shop/web')] })
    expect(clusterSpecOf(linked, 'blue')).toMatchObject({
      images: [{ name: 'shop_web', refs: ['shop/web'] }],
      kubernetes: { imagePlaces: [{ object: 0, jsonPaths: ['{.spec.parts[*].image}'] }] },
    })
  })

  it('KK-03: what is found there and is no image is an error at the manifest, then at the call', () => {
    const widget = manifest('example.com/v1', 'Widget', 'blue', { spec: { image: 'No Image' } })
    const kinds = [{ kind: 'Widget', imageJsonPaths: ['.spec.image'], place: at(3) }]
    expect(wrong([], [widget], { kinds })).toEqual([
      'config/invalid-image k8s.yaml:10:1 tilt.config.ts:1:1 tilt.config.ts:3:1 Widget/blue: "No Image" at `spec.image` cannot be the name of an image',
    ])
  })

  it('KK-03: a path that cannot be read is an error at the call', () => {
    const kinds = [{ kind: 'Widget', imageJsonPaths: ['{.spec[}'], place: at(3) }]
    expect(wrong([], [web], { kinds })).toEqual([
      `config/invalid-option tilt.config.ts:3:1 k8sKind('Widget'): the JSON path "{.spec[}" cannot be read at "["`,
    ])
  })

  it('KK-04: of several calls with one selector the last one counts', () => {
    const widget = manifest('example.com/v1', 'Widget', 'blue', { spec: { a: 'shop/a', b: 'shop/b' } })
    const call = (path: string, name = 'blue') => ({ paths: [path], selector: { name }, place: at(3) })
    const refs = (...imagePaths: readonly ReturnType<typeof call>[]) => {
      const images = [dockerImage('shop/a'), dockerImage('shop/b')]
      const more = { images, settings: { suppressUnusedImageWarnings: ['*'] } }
      return clusterSpecOf(linkManifests([widget], { imagePaths }, more), 'blue').images.map(({ name }) => name)
    }
    expect(refs(call('.spec.a'), call('.spec.b'))).toEqual(['shop_b'])
    expect(refs(call('.spec.a'), call('.spec.b', 'lue'))).toEqual(['shop_a', 'shop_b'])
    expect(wrong([], [widget], { imagePaths: [call('.spec.a', '(')] })[0]).toContain(
      'config/invalid-option tilt.config.ts:3:1 k8sImageJsonPath: the name of a selector is no regular expression',
    )
  })

  it('the image of k8sResource takes the place of the only one that the manifests name', () => {
    const images = [dockerImage('shop/web')]
    const resources = [k8sResource('web', { image: { name: 'shop/web', place: at(2) } })]
    const linked = linkManifests([deployment('web', ['web:latest'])], { resources }, { images })
    expect(clusterSpecOf(linked, 'web').images).toMatchObject([{ name: 'shop_web', refs: ['web:latest'] }])
    expect(wrong(images, [deployment('web', ['a', 'b'])], { resources })).toEqual([
      'config/invalid-option tilt.config.ts:2:1 k8s.yaml:10:1 `web` is to run `shop/web`, but its manifests name several images: a, b',
    ])
    expect(wrong([], [deployment('web', ['a'])], { resources })).toEqual([
      'config/unknown-image tilt.config.ts:2:1 `web` is to run `shop/web`, but no image is declared under that name',
    ])
    // With a sidecar beside it, the image that is named is meant.
    expect(wrong(images, [deployment('web', ['shop/web', 'b'])], { resources })).toEqual([])
  })

  it('DB-15: one that nothing runs is warned of, with what is near', () => {
    const images = [dockerImage('shop/wbe', undefined, { place: at(5) })]
    expect(wrong(images)).toEqual([
      'warning config/unused-image tilt.config.ts:5:1 The image `shop/wbe` is never built: no manifest names it',
    ])
    expect(hintsOf(clusterGraph({}, { images }), read([web]))).toEqual(['Did you mean `shop/web`?'])
    const widget = manifest('example.com/v1', 'Widget', 'blue')
    expect(wrong(images, [widget])[0]).toContain('k8sKind says where objects of custom kinds name theirs')
  })

  it('DB-06: `entrypoint` and `containerArgs` deploy anew, and build nothing', () => {
    const spec = (more: Partial<ImageNode>) => {
      const linked = linkManifests([web], {}, { images: [{ ...dockerImage('shop/web'), ...more } as ImageNode] })
      return [clusterSpecOf(linked, 'web').updateHash, imageSpec(linked, 'shop_web').definitionHash]
    }
    const [plain, args] = [spec({}), spec({ containerArgs: ['x'] })]
    expect(args[0]).not.toBe(plain[0])
    expect(args[1]).toBe(plain[1])
  })
})

describe('live updates in a cluster', () => {
  it('LUC-08: restartContainer is an error that names restartProcess', () => {
    const images = [
      dockerImage('shop/web', undefined, { liveUpdate: restarting('/shop/web', { what: 'container' }), place: at(5) }),
    ]
    expect(wrong(images)).toEqual([
      'config/live-update tilt.config.ts:5:1 `shop/web`: restartContainer() is not possible in Kubernetes, where `web` runs',
    ])
    expect(hintsOf(clusterGraph({}, { images }), read([web]))[0]).toContain('restartProcess()')
  })

  it('LUC-08: restartProcess gets the helper into the image, which has to be built for that', () => {
    const liveUpdate = restarting('/shop/web')
    const linked = linkManifests([web], {}, { images: [dockerImage('shop/web', undefined, { liveUpdate })] })
    expect(imageSpec(linked, 'shop_web').helper).toBe(true)
    expect(wrong([customImage('shop/web', { command: undefined, liveUpdate })])).toEqual([
      'config/live-update - `shop/web`: restartProcess() needs a part in the image, but this image is only synced into',
    ])
  })

  it('LUC-06, LUC-08: into what a command deploys they follow its deps, and restart nothing', () => {
    const deploy = (liveUpdate: LiveUpdateSpec) => ({
      manifests: [],
      customDeploys: [customDeploy('chart', { liveUpdate, containerSelector: 'web' }, { place: at(3) })],
    })
    expect(wrong([], [], deploy(following('/shop/chart/src')))).toEqual([])
    expect(wrong([], [], deploy(following('/shop/other')))).toEqual([
      "config/live-update tilt.config.ts:3:1 k8sCustomDeploy('chart'): sync names /shop/other, which is not in its deps, so no change of it would be seen",
    ])
    for (const what of ['container', 'process'] as const)
      expect(wrong([], [], deploy(restarting('/shop/chart', { what })))).toHaveLength(1)
  })

  it('KD-04: what a command deploys has its images built first, which must be declared', () => {
    const imageDeps = [{ name: 'shop/web', place: at(4) }]
    const customDeploys = [customDeploy('chart', { imageDeps })]
    const linked = linkManifests([], { customDeploys }, { images: [dockerImage('shop/web')] })
    expect(clusterSpecOf(linked, 'chart')).toMatchObject({
      images: [{ name: 'shop_web', deployed: true, refs: [] }],
      watches: ['image:shop_web', 'chart'],
    })
    expect(wrong([dockerImage('shop/wbe')], [], { customDeploys })).toContain(
      'config/unknown-image tilt.config.ts:4:1 `chart` is to be deployed with `shop/web`, but no image is declared under that name',
    )
  })
})

describe('what deploys anew', () => {
  const hashes = (kubernetes: Partial<KubernetesGraph>, object: KubernetesManifest = web, more: object = {}) => {
    const { updateHash, serveHash } = clusterSpecOf(linkManifests([object], kubernetes, more), 'web')
    return [updateHash, serveHash]
  }
  const plain = hashes({})

  it('a label, a link, a dependency or a trigger mode changes nothing that runs', () => {
    const call = k8sResource('web', {
      labels: ['x'],
      links: [{ url: 'a.b' }],
      triggerMode: 'manual',
      readyTimeoutMs: 5,
    })
    expect(hashes({ resources: [call] })).toEqual(plain)
  })

  it('a forward, a selector and a readiness take effect without it', () => {
    for (const more of [
      { portForwards: [{ localPort: 1 }] },
      { extraPodSelectors: [{ a: 'b' }] },
      { podReadiness: 'ignore' as const },
    ]) {
      const [update, serve] = hashes({ resources: [k8sResource('web', more)] })
      expect(update).toBe(plain[0])
      expect(serve).not.toBe(plain[1])
    }
  })

  it('a manifest does, but not the order of its fields', () => {
    const reversed = Object.fromEntries(Object.entries(web).toReversed()) as unknown as KubernetesManifest
    expect(hashes({}, reversed)).toEqual(plain)
    expect(hashes({}, { ...web, metadata: { name: 'web', labels: { a: 'b' } } })[0]).not.toBe(plain[0])
  })

  it('an image does, and where it is pushed to', () => {
    const image = (contents: string) => ({ images: [dockerImage('shop/web', contents)] })
    const registry = { host: 'localhost:5000', place: undefined }
    const all = [
      plain,
      hashes({}, web, image('FROM a')),
      hashes({}, web, image('FROM b')),
      hashes({}, web, { ...image('FROM a'), registry }),
    ]
    expect(new Set(all.map(([update]) => update)).size).toBe(4)
    expect(hashes({}, web, { registry })).toEqual(plain)
  })

  it('of a command what deploys does, not what it depends on, nor what takes it away', () => {
    const hash = (more: object) =>
      clusterSpecOf(linkManifests([], { customDeploys: [customDeploy('web', more)] }), 'web').updateHash
    expect(hash({ deps: ['/other'], remove: step('other') })).toBe(hash({}))
    expect(hash({ apply: step('other') })).not.toBe(hash({}))
  })
})

describe('what objects need of other resources', () => {
  const widgets = manifest('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'widgets.example.com', {
    spec: { group: 'example.com', names: { kind: 'Widget' } },
  })
  const space = manifest('v1', 'Namespace', 'shop')
  const inShop = deployment('web', ['shop/web'], { namespace: 'shop' })
  const blue = manifest('example.com/v1', 'Widget', 'blue')
  const kinds = [{ kind: 'Widget', imageJsonPaths: [], place: undefined }]
  const edges = (objects: readonly KubernetesManifest[], more: Partial<KubernetesGraph> = {}) =>
    Object.fromEntries(
      linkManifests(objects, { kinds, ...more }).resources.map(({ name, spec }) => [name, spec.dependencies]),
    )

  it('the definition of a kind is in force before its objects, a namespace is there before what is in it', () => {
    expect(edges([widgets, space, inShop, blue, deployment('other')])).toEqual({
      web: [{ on: 'uncategorized', edge: 'after' }],
      blue: [{ on: 'uncategorized', edge: 'first' }],
      other: [],
      uncategorized: [],
    })
  })

  it('the namespace of the context counts for objects that name none', () => {
    const role = manifest('rbac.authorization.k8s.io/v1', 'ClusterRole', 'reader')
    const resources = [k8sResource(undefined, { newName: 'roles', objects: ['reader'] })]
    const graph = clusterGraph({ resources })
    const context = { name: 'kind', namespace: 'shop', cluster: 'kind', product: 'kind' as const, isLocal: true }
    const linked = linkGood(graph, read([space, deployment('web'), role], { context }))
    expect(clusterSpecOf(linked, 'web').dependencies).toEqual([{ on: 'uncategorized', edge: 'after' }])
    expect(clusterSpecOf(linked, 'roles').dependencies).toEqual([])
  })

  it('nothing is made a circle of, nor waits for what is not deployed by itself', () => {
    const gather = (more: object) => ({
      resources: [
        k8sResource(undefined, {
          newName: 'base',
          objects: ['shop:namespace'],
          ...more,
        }),
      ],
    })
    const on = [{ name: 'web', edge: 'first' as const, place: undefined }]
    expect(edges([space, inShop], gather({}))).toMatchObject({ web: [{ on: 'base', edge: 'after' }] })
    expect(edges([space, inShop], gather({ dependencies: on }))).toMatchObject({ web: [], base: [{ on: 'web' }] })
    expect(edges([space, inShop], gather({ autoInit: false }))).toMatchObject({ web: [] })
  })

  it('what the config itself says of such a resource stays as it is', () => {
    const resources = [
      k8sResource('web', { dependencies: [{ name: 'uncategorized', edge: 'ready', place: undefined }] }),
    ]
    expect(edges([space, inShop], { resources })).toMatchObject({ web: [{ on: 'uncategorized', edge: 'ready' }] })
  })
})

describe('the context', () => {
  const remote = { name: 'prod', namespace: 'default', cluster: 'gke_shop', product: 'gke' as const, isLocal: false }
  const check = (
    kubernetes: Partial<KubernetesGraph>,
    objects: readonly KubernetesManifest[] = [web],
    context = remote,
  ) => complaints(clusterGraph(kubernetes), read(objects, { context }))

  it('CTX-01: one that may be production is an error that says which line allows it', () => {
    expect(check({})).toEqual([
      'config/context-not-allowed tilt.config.ts:1:1 The Kubernetes context `prod` may be production: its cluster `gke_shop` is none that is known to be local. Nothing was deployed',
    ])
    expect(hintsOf(clusterGraph(), read([web], { context: remote }))[0]).toContain("allowK8sContexts('prod')")
    expect(check({ manifests: [], customDeploys: [customDeploy('chart', {}, { place: at(7) })] })).toHaveLength(1)
  })

  it('CTX-01: it is looked at only where something is deployed', () => {
    expect(check({}, []).filter((line) => line.includes('context'))).toEqual([])
  })

  it('CTX-02: without one, with a local one, and with one that is named all is well', () => {
    expect(check({ allowedContexts: ['other', 'prod'] })).toEqual([])
    expect(check({ allowedContexts: ['pro', 'gke_shop'] })).toHaveLength(1)
    expect(check({}, [web], { ...remote, isLocal: true })).toEqual([])
    expect(complaints(clusterGraph(), read([web]))).toEqual([])
  })
})

describe('all that is wrong', () => {
  it('is told at once, in order of place', () => {
    const graph = clusterGraph({
      manifests: [yaml({ place: at(9) })],
      kinds: [{ kind: '(', imageJsonPaths: [], place: at(4) }],
      resources: [k8sResource('nobody', { place: at(2) }), k8sResource('web', { labels: ['a/b'], place: at(3) })],
    })
    const found = complaints(graph, read([web, web])).map((line) => line.split(' ').slice(0, 2).join(' '))
    expect(found).toEqual([
      'config/unknown-resource tilt.config.ts:2:1',
      'config/invalid-option tilt.config.ts:3:1',
      'config/invalid-option tilt.config.ts:4:1',
      'config/duplicate-object k8s.yaml:20:1',
    ])
  })
})
