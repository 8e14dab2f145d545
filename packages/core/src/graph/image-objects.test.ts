import { annotation } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { compileIgnore } from '../paths/compile-ignore.js'
import {
  about,
  composeGraph,
  composeNode,
  customImage,
  dockerImage,
  linkServices,
  project,
  service,
} from './compose.test.support.js'
import { graphOf, linkGood, local } from './graph.test.support.js'
import { toObjects } from './to-objects.js'
import type { LinkedGraph } from './types.js'

const managedBy = { [annotation.managedBy]: '(Tiltfile)' }
const objects = (linked: LinkedGraph, command: 'dev' | 'ci' = 'dev') => toObjects(linked, { command })
const object = (linked: LinkedGraph, name: string) => {
  const found = objects(linked).find((candidate) => `${candidate.kind}/${candidate.name}` === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}
/** The FileWatch of that name. */
const watchOf = (linked: LinkedGraph, name: string) => {
  const { kind, spec } = object(linked, `FileWatch/${name}`)
  if (kind !== 'FileWatch' || !('watchedPaths' in spec)) throw new Error('no watch')
  return spec
}
const ignoredIn = (linked: LinkedGraph, name: string) => compileIgnore(watchOf(linked, name).ignores).ignored

const api = service('api', { image: 'shop/api' })
const worker = service('worker', { image: 'shop/api' })

describe('objects of images and services', () => {
  it('are made for each image that is used, each service, and the engine', () => {
    const images = [dockerImage('shop/api', 'FROM shop/base'), dockerImage('shop/base'), dockerImage('shop/unused')]
    const linked = linkServices([api, worker], { images })
    const names = objects(linked).map(({ kind, name }) => `${kind}/${name}`)
    expect(names).toEqual([
      'Cluster/docker',
      'Image/shop_api',
      'Image/shop_base',
      'Resource/api',
      'ConfigMap/api-disable',
      'DockerComposeService/api',
      'UIButton/api-stopbuild',
      'ToggleButton/api-disable',
      'Resource/worker',
      'ConfigMap/worker-disable',
      'DockerComposeService/worker',
      'UIButton/worker-stopbuild',
      'ToggleButton/worker-disable',
      'FileWatch/image:shop_api',
      'FileWatch/image:shop_base',
    ])
    expect(objects(linked, 'ci').filter(({ kind }) => kind === 'FileWatch')).toEqual([])
    expect(linked.resources[0]?.spec.watches).toEqual(['image:shop_base', 'image:shop_api'])
  })

  it('no engine is needed where nothing runs in it', () => {
    const linked = linkGood(graphOf([local('a')], { images: [dockerImage('shop/api')] }))
    expect(objects(linked).map(({ kind }) => kind)).not.toContain('Cluster')
  })

  it('describe a service, of which nothing is known yet', () => {
    const graph = composeGraph({
      composeResources: [about('api', { newName: 'backend' })],
      compose: [composeNode({}, { wait: true })],
    })
    const found = object(linkGood(graph, [project([api])]), 'DockerComposeService/backend')
    expect(found).toMatchObject({
      spec: {
        service: 'api',
        project: { name: 'shop', files: ['/shop/docker-compose.yml'], dir: '/shop', wait: true },
        disableSource: { configMap: { name: 'backend-disable', key: 'isDisabled' } },
      },
      initialStatus: { known: false, containers: [], startedOnce: false, completedOnce: false },
      meta: { annotations: { ...managedBy, [annotation.resource]: 'backend' } },
    })
  })

  it('DIS-04: what several resources share belongs to none, and is off only when all of them are', () => {
    const images = [dockerImage('shop/api', 'FROM shop/base'), dockerImage('shop/base')]
    const shared = object(linkServices([api, worker], { images }), 'FileWatch/image:shop_base')
    expect(shared.meta.annotations).toEqual(managedBy)
    expect(shared.spec).toMatchObject({
      disableSource: {
        everyConfigMap: [
          { name: 'api-disable', key: 'isDisabled' },
          { name: 'worker-disable', key: 'isDisabled' },
        ],
      },
    })
    const own = object(linkServices([api], { images }), 'FileWatch/image:shop_base')
    expect(own.meta.annotations).toEqual({ ...managedBy, [annotation.resource]: 'api' })
    expect(own.spec).toMatchObject({ disableSource: { configMap: { name: 'api-disable', key: 'isDisabled' } } })
  })
})

describe('watches of images', () => {
  it('IGN-02: leave out what the context leaves out, and the Dockerfile, which the config watches', () => {
    const ignores = [{ basePath: '/shop/api', patterns: ['dist'] }]
    const linked = linkServices([api], { images: [dockerImage('shop/api', undefined, { ignores })] })
    const ignored = ignoredIn(linked, 'image:shop_api')
    expect(watchOf(linked, 'image:shop_api').watchedPaths).toEqual(['/shop/api'])
    const paths = ['/shop/api/dist/x', '/shop/api/Dockerfile', '/shop/api/src/a', '/shop/api/Dockerfile.dev']
    expect(paths.map(ignored)).toEqual([true, true, false, false])
  })

  it('a Dockerfile in the context counts as any file where its text stands in the config', () => {
    const dockerfile = { contents: 'FROM node' }
    const linked = linkServices([api], { images: [dockerImage('shop/api', undefined, { dockerfile })] })
    expect(ignoredIn(linked, 'image:shop_api')('/shop/api/Dockerfile')).toBe(false)
  })

  it('IGN-06: patterns for all watches stop triggering and are no part of the image', () => {
    const watchIgnores = [{ basePath: '/shop', patterns: ['**/tmp'] }]
    const linked = linkServices([api], { images: [dockerImage('shop/api')], watchIgnores })
    expect(ignoredIn(linked, 'image:shop_api')('/shop/api/tmp/x')).toBe(true)
    expect(linked.images[0]?.spec.node.ignores).toEqual([])
  })

  it('IGN-08: no watch sees the file that a command writes its reference to', () => {
    const images = [customImage('shop/api', { outputsImageRefTo: '/shop/out/[ref]' }), dockerImage('shop/web')]
    const graph = graphOf([local('all', { deps: ['/shop'] })], { compose: [composeNode()], images })
    const linked = linkGood(graph, [project([api, service('web', { image: 'shop/web' })])])
    for (const name of ['image:shop_api', 'image:shop_web', 'all'])
      expect(['/shop/out/[ref]', '/shop/out/r'].map(ignoredIn(linked, name))).toEqual([true, false])
  })

  it('IGN-02: leave out what is mounted into every container that runs the image', () => {
    const images = [dockerImage('shop/api')]
    const mounts = (...paths: string[]) => ({ mounts: paths })
    const one = linkServices([{ ...api, ...mounts('/shop/api/src', '/var/run/docker.sock') }], { images })
    expect(['/shop/api/src/a', '/shop/api/lib'].map(ignoredIn(one, 'image:shop_api'))).toEqual([true, false])
    expect(JSON.stringify(watchOf(one, 'image:shop_api'))).not.toContain('docker.sock')
    const both = linkServices(
      [
        { ...api, ...mounts('/shop/api/src', '/shop/api/a') },
        { ...worker, ...mounts('/shop/api/src/x') },
      ],
      { images },
    )
    expect(['/shop/api/src/a', '/shop/api/src/x/b', '/shop/api/a'].map(ignoredIn(both, 'image:shop_api'))).toEqual([
      false,
      true,
      false,
    ])
  })

  it('an image without files has none', () => {
    const linked = linkServices([api], { images: [customImage('shop/api', { deps: [] })] })
    expect(objects(linked).filter(({ kind }) => kind === 'FileWatch')).toEqual([])
    expect(linked.resources[0]?.spec.watches).toEqual([])
  })
})

describe('watches of services that compose builds', () => {
  const build = {
    context: '/shop/api',
    additionalContexts: ['/lib', 'https://github.com/a/b.git', 'docker-image://node:20'],
    dockerfile: '/docker/api.Dockerfile',
    ignores: [{ basePath: '/shop/api', patterns: ['node_modules'] }],
  }

  it('DCC-09: follow all contexts but those elsewhere, without what .dockerignore and mounts take away', () => {
    const linked = linkServices([{ ...api, build, mounts: ['/shop/api/src'] }])
    expect(watchOf(linked, 'api')).toMatchObject({
      watchedPaths: ['/shop/api', '/lib', '/docker/api.Dockerfile'],
      disableSource: { configMap: { name: 'api-disable' } },
    })
    const paths = [
      '/shop/api/src/a',
      '/shop/api/node_modules/x',
      '/shop/api/.git/HEAD',
      '/shop/api/lib',
      '/docker/api.Dockerfile',
    ]
    expect(paths.map(ignoredIn(linked, 'api'))).toEqual([true, true, true, false, false])
    expect(linked.resources[0]?.spec.watches).toEqual(['api'])
  })

  it('DCC-09: are not there for a context that is elsewhere as a whole', () => {
    const elsewhere = { context: 'https://github.com/a/b.git#main', additionalContexts: [] }
    const linked = linkServices([{ ...api, build: elsewhere }])
    expect(linked.resources[0]?.spec.watches).toEqual([])
    expect(objects(linked).filter(({ kind }) => kind === 'FileWatch')).toEqual([])
  })
})
