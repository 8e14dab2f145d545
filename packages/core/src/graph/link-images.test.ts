import { describe, expect, it } from 'vitest'
import {
  about,
  composeGraph,
  composeNode,
  customImage,
  dockerImage,
  following,
  imageSpec,
  linkServices,
  project,
  restarting,
  service,
  serviceSpec,
} from './compose.test.support.js'
import { at, complaints, graphOf, hintsOf, linkGood, local } from './graph.test.support.js'

const api = service('api', { image: 'shop/api:latest' })

/** What is wrong with images of a project of `api`, and of other services. */
const wrong = (images: Parameters<typeof composeGraph>[0], services = [api]) =>
  complaints(composeGraph(images), [project(services)])

describe('images of services', () => {
  it('DCC-08: an image that is declared is built here, whoever else could build it', () => {
    const built = { ...api, build: { context: '/shop/api', additionalContexts: [] } }
    const linked = linkServices([built], { images: [dockerImage('docker.io/shop/api')] })
    expect(serviceSpec(linked, 'api').compose.imageBy).toBe('tiltts')
    expect(imageSpec(linked, 'shop_api')).toMatchObject({
      repository: 'shop/api',
      dependsOn: [],
      watch: 'image:shop_api',
      inputs: ['/shop/api'],
      deployedBy: ['api'],
      helper: false,
    })
    expect(serviceSpec(linked, 'api')).toMatchObject({
      images: [{ name: 'shop_api', deployed: true, inputs: ['/shop/api'] }],
      watches: ['image:shop_api'],
    })
  })

  it('DCC-08: else compose builds it, where it can; else nothing is built', () => {
    const built = { ...api, build: { context: '/shop/api', additionalContexts: [] } }
    expect(serviceSpec(linkServices([built]), 'api').compose.imageBy).toBe('compose')
    const pulled = serviceSpec(linkServices([api]), 'api')
    expect([pulled.compose.imageBy, pulled.watches]).toEqual(['none', []])
  })

  it('DCC-08: a service without image runs what compose names after it, as compose 2 and as compose 1 does', () => {
    const unnamed = service('api', { image: 'shop-api' })
    for (const ref of ['shop-api', 'shop_api'])
      expect(linkServices([unnamed], { images: [dockerImage(ref)] }).images).toHaveLength(1)
    expect(wrong({ images: [dockerImage('shop_api')] }, [service('api', { image: 'shop-web' })])).toHaveLength(1)
  })

  it('DC-02: two images for one service are an error with both places', () => {
    const images = [
      dockerImage('shop-api', undefined, { place: at(1) }),
      dockerImage('shop_api', undefined, { place: at(2) }),
    ]
    expect(wrong({ images }, [service('api', { image: 'shop-api' })])).toEqual([
      'config/duplicate-image tilt.config.ts:2:1 tilt.config.ts:1:1 Two images are declared for `api`: `shop-api` and `shop_api`',
    ])
  })

  it('DCC-10: takes the image that dcResource names, which must be declared', () => {
    const images = [dockerImage('shop/api'), dockerImage('shop/other')]
    const linked = linkServices([api], {
      images,
      composeResources: [about('api', { image: { name: 'shop/other', place: at(2) } })],
      settings: { suppressUnusedImageWarnings: ['*'] },
    })
    expect(linked.images.map(({ name }) => name)).toEqual(['shop_other'])
    const composeResources = [about('api', { image: { name: 'shop/oter', place: at(2) } })]
    expect(wrong({ images, composeResources })).toEqual([
      'config/unknown-image tilt.config.ts:2:1 `api` is to run `shop/oter`, but no image is declared under that name',
    ])
  })

  it('CB-07: an image that is only synced into is built by whoever built it before', () => {
    const images = [customImage('shop/api', { command: undefined, liveUpdate: following('/shop/api/src') })]
    expect(serviceSpec(linkServices([api], { images }), 'api').compose.imageBy).toBe('none')
    const build = { context: '/shop', additionalContexts: ['/lib'], dockerfile: '/docker/api' }
    const spec = serviceSpec(linkServices([{ ...api, build }], { images }), 'api')
    expect(spec.compose.imageBy).toBe('compose')
    expect(spec.watches).toEqual(['image:shop_api', 'api'])
    expect(spec.images[0]).toMatchObject({
      liveUpdate: { syncs: [{ localPath: '/shop/api/src' }] },
      inputs: ['/shop/api', '/shop', '/lib', '/docker/api'],
    })
  })

  it('DB-10: one image declared twice is an error with both places', () => {
    const images = [
      dockerImage('shop/api', undefined, { place: at(1) }),
      dockerImage('docker.io/shop/api', undefined, { place: at(2) }),
      customImage('shop/api:latest', { place: at(3) }),
    ]
    expect(wrong({ images })).toEqual([
      'config/duplicate-image tilt.config.ts:2:1 tilt.config.ts:1:1 The image `docker.io/shop/api` is declared already, as `shop/api`',
      'config/duplicate-image tilt.config.ts:3:1 tilt.config.ts:1:1 The image `shop/api:latest` is declared already, as `shop/api`',
    ])
  })

  it('DB-10: one name with several tags is several images, each for its own tag', () => {
    const images = ['shop/api', 'shop/api:dev', 'shop/api:test'].map((ref) => dockerImage(ref))
    const services = [api, service('dev', { image: 'shop/api:dev' }), service('x', { image: 'shop/api:prod' })]
    const linked = linkServices([...services, service('test', { image: 'shop/api:test' })], { images })
    expect(linked.resources.map(({ spec }) => spec.images.map(({ name }) => name))).toEqual([
      ['shop_api'],
      ['shop_api:dev'],
      [],
      ['shop_api:test'],
    ])
  })

  it('a name that is none is an error', () => {
    expect(wrong({ images: [dockerImage('Shop', undefined, { place: at(1) })] })).toEqual([
      'config/invalid-image tilt.config.ts:1:1 `Shop` cannot be the name of an image',
    ])
  })

  it('REG-07: a registry together with compose is an error with both places', () => {
    expect(wrong({ registry: { host: 'localhost:5000', place: at(7) } })).toEqual([
      'config/invalid-option tilt.config.ts:7:1 tilt.config.ts:10:1 defaultRegistry cannot be used together with dockerCompose: services run the images their files name',
    ])
    expect(complaints(graphOf([local('a')], { registry: { host: 'localhost:5000', place: at(7) } }))).toEqual([])
  })

  it('DB-06: what changes manifests of Kubernetes is an error where compose runs the image', () => {
    const images = [
      dockerImage('shop/api', 'FROM shop/base', { place: at(1), entrypoint: ['x'], containerArgs: [] }),
      dockerImage('shop/base', 'FROM a', { entrypoint: ['x'] }),
    ]
    expect(wrong({ images }).map((line) => line.replace(/,.*/, ''))).toEqual([
      'config/invalid-option tilt.config.ts:1:1 docker-compose.yml:3:3 `shop/api`: `entrypoint` changes manifests of Kubernetes',
      'config/invalid-option tilt.config.ts:1:1 docker-compose.yml:3:3 `shop/api`: `containerArgs` changes manifests of Kubernetes',
    ])
  })

  it('the environment of the config is below that of a command, and fills build arguments in', () => {
    const images = [
      dockerImage('shop/api', 'ARG V\nARG B\nFROM shop/base:$V', { buildArgs: { V: '', B: 'own', C: '' } }),
      customImage('shop/base:2', { env: { A: 'own' } }),
    ]
    const linked = linkServices([api], { images, env: { V: '2', B: 'all', A: 'all' } })
    expect(imageSpec(linked, 'shop_api').node).toMatchObject({ buildArgs: { V: '2', B: 'own', C: '' } })
    expect(imageSpec(linked, 'shop_base:2').node).toMatchObject({ env: { V: '2', B: 'all', A: 'own' } })
  })
})

describe('base images', () => {
  it('DB-12: a declared image in FROM or COPY --from is built first, others come from a registry', () => {
    const linked = linkServices([api], {
      images: [
        dockerImage('shop/api', 'ARG BASE=shop/base\nFROM $BASE:1 AS x\nFROM node\nCOPY --from=shop/tools / /'),
        dockerImage('shop/base', 'FROM shop/os'),
        dockerImage('shop/tools', 'FROM shop/os'),
        dockerImage('shop/os', 'FROM debian'),
      ],
    })
    expect(imageSpec(linked, 'shop_api').dependsOn).toEqual(['shop_base', 'shop_tools'])
    expect(serviceSpec(linked, 'api').images).toEqual([
      { name: 'shop_os', deployed: false, inputs: ['/shop/os'] },
      { name: 'shop_base', deployed: false, inputs: ['/shop/base', '/shop/os'] },
      { name: 'shop_tools', deployed: false, inputs: ['/shop/tools', '/shop/os'] },
      { name: 'shop_api', deployed: true, inputs: ['/shop/api', '/shop/base', '/shop/os', '/shop/tools'] },
    ])
    expect(serviceSpec(linked, 'api').watches).toEqual([
      'image:shop_os',
      'image:shop_base',
      'image:shop_tools',
      'image:shop_api',
    ])
    expect(linked.images.map(({ spec }) => spec.deployedBy)).toEqual([['api'], [], [], []])
  })

  it('DB-12: build arguments decide which image is meant', () => {
    const images = (BASE: string) => [
      dockerImage('shop/api', 'ARG BASE=node\nFROM $BASE', { buildArgs: { BASE } }),
      dockerImage('shop/base'),
    ]
    const dependsOn = (base: string) => imageSpec(linkServices([api], { images: images(base) }), 'shop_api').dependsOn
    expect(dependsOn('shop/base')).toEqual(['shop_base'])
    expect(dependsOn('')).toEqual([])
  })

  it('CB-05: imageDeps are built first, in their order, and must be declared', () => {
    const dep = (name: string, line = 1) => ({ name, place: at(line) })
    const images = [
      customImage('shop/api', { imageDeps: [dep('b'), dep('a'), dep('b')] }),
      dockerImage('a'),
      dockerImage('b'),
    ]
    expect(imageSpec(linkServices([api], { images }), 'shop_api').dependsOn).toEqual(['b', 'a'])
    const missing = [customImage('shop/api', { imageDeps: [dep('shop/bse', 5)] }), dockerImage('shop/base')]
    expect(wrong({ images: missing })[0]).toBe(
      'config/unknown-image tilt.config.ts:5:1 `shop/api` is built upon `shop/bse`, but no image is declared under that name',
    )
    expect(hintsOf(composeGraph({ images: missing }), [project([api])])[0]).toBe('Did you mean `shop/base`?')
  })

  it('DB-13: a circle is an error that shows where each image names the next', () => {
    const images = [
      dockerImage('shop/api', 'FROM node\nCOPY --from=shop/base / /', { place: at(1) }),
      customImage('shop/base', { place: at(2), imageDeps: [{ name: 'shop/api', place: at(2, 20) }] }),
    ]
    expect(wrong({ images })).toEqual([
      'config/image-cycle api/Dockerfile:2:13 tilt.config.ts:2:20 tilt.config.ts:1:1 tilt.config.ts:2:1 Images are built upon each other: shop/api → shop/base → shop/api',
    ])
  })

  it('DB-13: an image upon itself is an error that says what to do', () => {
    const images = [dockerImage('redis', 'FROM redis:7', { dockerfile: { contents: 'FROM redis:7' }, place: at(3) })]
    const services = [service('cache', { image: 'redis' })]
    expect(wrong({ images }, services)).toEqual([
      'config/image-cycle tilt.config.ts:3:1 The image `redis` is built upon itself',
    ])
    expect(hintsOf(composeGraph({ images }), [project(services)])[0]).toContain('`redis:dev`')
    expect(
      wrong({ images: [{ ...dockerImage('redis:dev', 'FROM redis:7') }] }, [service('cache', { image: 'redis:dev' })]),
    ).toEqual([])
  })

  it('a Dockerfile that cannot be built at all is an error at its place', () => {
    expect(wrong({ images: [dockerImage('shop/api', 'FROM a\nFROM\n', { place: at(1) })] })).toEqual([
      'config/invalid-dockerfile api/Dockerfile:2:1 tilt.config.ts:1:1 The Dockerfile of `shop/api` cannot be built: FROM names no image',
    ])
  })
})

describe('images that nothing runs', () => {
  it('DB-15: are named one by one, with the names that may have been meant', () => {
    const images = [
      dockerImage('shop/aip', undefined, { place: at(1) }),
      dockerImage('shop/lost', 'FROM shop/base', { place: at(2) }),
      dockerImage('shop/base', undefined, { place: at(3) }),
    ]
    expect(wrong({ images })).toEqual([
      'warning config/unused-image tilt.config.ts:1:1 The image `shop/aip` is never built: no compose service runs it',
      'warning config/unused-image tilt.config.ts:2:1 The image `shop/lost` is never built: no compose service runs it',
    ])
    expect(hintsOf(composeGraph({ images }), [project([api])])).toEqual(['Did you mean `shop/api`?', undefined])
    expect(linkGood(composeGraph({ images }), [project([api])]).images).toEqual([])
  })

  it('DB-15: say so when there is nothing that could run them', () => {
    expect(complaints(graphOf([local('a')], { images: [dockerImage('shop/api')] }))).toEqual([
      'warning config/unused-image - The image `shop/api` is never built: the config deploys nothing that could run it',
    ])
  })

  it('DB-15: are silent when the settings name them', () => {
    const images = [dockerImage('shop/a'), dockerImage('shop/b:dev')]
    const left = (...suppressUnusedImageWarnings: readonly string[]) =>
      wrong({ images, settings: { suppressUnusedImageWarnings } }).length
    expect([left(), left('shop/a'), left('docker.io/shop/a', 'shop/b'), left('shop/b:other'), left('*')]).toEqual([
      2, 1, 0, 2, 0,
    ])
  })
})

describe('the container helper', () => {
  const helper = (more: Parameters<typeof restarting>[1], stays = false) =>
    imageSpec(
      linkServices([{ ...api, mustStay: stays }, service('b', { image: 'shop/api' })], {
        images: [dockerImage('shop/api', undefined, { liveUpdate: restarting('/shop/api', more) })],
      }),
      'shop_api',
    ).helper

  it('is in an image whose process is restarted where the engine cannot do it', () => {
    expect(helper({})).toBe(false)
    expect(helper({}, true)).toBe(true)
    expect(helper({ entrypoint: ['node', 'x.js'] })).toBe(true)
    expect(helper({ onExit: 'stay' })).toBe(true)
    expect(helper({ onExit: 'end' })).toBe(false)
    expect(helper({ what: 'container' }, true)).toBe(false)
  })

  it('DC-09: restarting the container is allowed', () => {
    const liveUpdate = restarting('/shop/api', { what: 'container' })
    expect(wrong({ images: [dockerImage('shop/api', undefined, { liveUpdate })] })).toEqual([])
  })

  it('cannot work where the service has an entrypoint of its own, or nothing is built', () => {
    const liveUpdate = { ...restarting('/shop/api'), place: at(4) }
    const stays = [{ ...api, mustStay: true, overridesEntrypoint: true }]
    expect(wrong({ images: [dockerImage('shop/api', undefined, { liveUpdate })] }, stays)).toEqual([
      "config/live-update tilt.config.ts:4:1 docker-compose.yml:3:3 `shop/api`: restartProcess() starts the process by the image's entrypoint, but the service `api` has its own",
    ])
    expect(wrong({ images: [customImage('shop/api', { command: undefined, liveUpdate })] }, stays)).toEqual([
      'config/live-update tilt.config.ts:4:1 `shop/api`: restartProcess() needs a part in the image, but this image is only synced into',
    ])
    expect(
      wrong({ images: [dockerImage('shop/api', undefined, { liveUpdate })] }, [{ ...api, overridesEntrypoint: true }]),
    ).toEqual([])
  })
})

describe('outputs of local resources', () => {
  it('order the services whose images are built from them', () => {
    const gen = local('gen', { outputs: ['/shop/base/gen'] })
    const other = local('other', { outputs: ['/shop/api/out'] })
    const images = [
      dockerImage('shop/api', 'FROM shop/base', { ignores: [{ basePath: '/shop/api', patterns: ['out'] }] }),
      dockerImage('shop/base'),
    ]
    const web = service('web', { build: { context: '/shop', additionalContexts: [] } })
    const graph = graphOf([gen, other], { compose: [composeNode()], images })
    const { resources } = linkGood(graph, [project([api, web, service('db')])])
    expect(resources.map(({ spec }) => spec.inputsFrom)).toEqual([['gen'], ['gen', 'other'], [], [], []])
  })
})
