import { describe, expect, it } from 'vitest'
import type { ImagePaths } from './find-images.js'
import { type Injection, injectImages, withLocalImagePolicies } from './inject-images.js'
import { deployment, manifest } from './manifests.test.support.js'
import { valueAt } from './tree.js'

const none: ImagePaths = { jsonPaths: [] }

function image(ref: string, more: Partial<Injection> = {}): Injection {
  return {
    name: ref,
    declared: ref,
    refs: [ref, `${ref}:dev`, `docker.io/${ref}`],
    clusterRef: `reg:5000/${ref}:tilt-1`,
    matchInEnvVars: false,
    ...more,
  }
}

const pod = ['spec', 'template', 'spec']

describe('putting images into manifests', () => {
  it('INJ-03: replaces an image in containers, init containers and volumes, and leaves others as they are', () => {
    const before = deployment('web', ['shop/web:dev', 'redis:7'], {
      pod: {
        initContainers: [{ name: 'migrate', image: 'docker.io/shop/web' }],
        volumes: [
          { name: 'site', image: { reference: 'shop/web' } },
          { name: 'tmp', emptyDir: {} },
        ],
      },
    })
    const { object, images } = injectImages(before, none, [image('shop/web')])
    expect(images).toEqual(['shop/web'])
    expect(valueAt(object, [...pod, 'containers', 0, 'image'])).toBe('reg:5000/shop/web:tilt-1')
    expect(valueAt(object, [...pod, 'containers', 1, 'image'])).toBe('redis:7')
    expect(valueAt(object, [...pod, 'initContainers', 0, 'image'])).toBe('reg:5000/shop/web:tilt-1')
    expect(valueAt(object, [...pod, 'volumes', 0, 'image', 'reference'])).toBe('reg:5000/shop/web:tilt-1')
    expect(valueAt(before, [...pod, 'containers', 0, 'image'])).toBe('shop/web:dev')
  })

  it('INJ-03: replaces it where a JSON path leads, with the pull policy beside it', () => {
    const before = manifest('example.com/v1', 'Site', 'a', { spec: { image: 'shop/web', imagePullPolicy: 'Always' } })
    const { object } = injectImages(before, { jsonPaths: ['{.spec.image}'] }, [image('shop/web')])
    expect(object['spec']).toEqual({ image: 'reg:5000/shop/web:tilt-1', imagePullPolicy: 'IfNotPresent' })
  })

  it('INJ-03: replaces it in two fields of an object', () => {
    const imageObject = { jsonPath: '{.spec.images[*]}', repoField: 'repo', tagField: 'tag' }
    const before = manifest('example.com/v1', 'Site', 'a', {
      spec: { images: [{ repo: 'shop/web', tag: 'x' }, { repo: 'other' }] },
    })
    const asked = image('shop/web', { refs: ['shop/web:x'] })
    const { object } = injectImages(before, { jsonPaths: [], imageObject }, [asked])
    expect(object['spec']).toEqual({ images: [{ repo: 'reg:5000/shop/web', tag: 'tilt-1' }, { repo: 'other' }] })
  })

  it('INJ-03: replaces environment values that are an image from end to end, where the image asks for it', () => {
    const env = [
      { name: 'WORKER', value: 'shop/web' },
      { name: 'TEXT', value: 'see shop/web' },
    ]
    const before = deployment('web', [], { pod: { containers: [{ name: 'c', image: 'busybox', env }] } })
    const value = (at: number, object = before): unknown =>
      valueAt(object, [...pod, 'containers', 0, 'env', at, 'value'])
    const asked = injectImages(before, none, [image('shop/web', { matchInEnvVars: true })])
    expect([value(0, asked.object), value(1, asked.object)]).toEqual(['reg:5000/shop/web:tilt-1', 'see shop/web'])
    expect(injectImages(before, none, [image('shop/web')])).toMatchObject({ object: before, images: [] })
  })

  it('INJ-04: tells which images an object does not name', () => {
    expect(injectImages(deployment('web', ['redis']), none, [image('shop/web')]).images).toEqual([])
  })

  it('INJ-05: entrypoint and arguments become those of the container, and of nothing else', () => {
    const asked = image('shop/web', { entrypoint: ['node', 'dev.js'], args: ['--verbose'] })
    const { object, commands } = injectImages(deployment('web'), none, [asked])
    expect(commands).toEqual(['shop/web'])
    expect(valueAt(object, [...pod, 'containers', 0])).toMatchObject({
      command: ['node', 'dev.js'],
      args: ['--verbose'],
    })
    const custom = manifest('example.com/v1', 'Site', 'a', { spec: { image: 'shop/web' } })
    expect(injectImages(custom, { jsonPaths: ['.spec.image'] }, [asked]).commands).toEqual([])
  })

  it('INJ-02: containers use what the node has, and a StatefulSet starts its pods together', () => {
    const set = { ...deployment('db', ['shop/db', 'redis']), kind: 'StatefulSet' }
    const object = withLocalImagePolicies(set)
    expect(valueAt(object, ['spec', 'podManagementPolicy'])).toBe('Parallel')
    for (const at of [0, 1]) expect(valueAt(object, [...pod, 'containers', at, 'imagePullPolicy'])).toBe('IfNotPresent')
    expect(valueAt(withLocalImagePolicies(deployment('web')), ['spec', 'podManagementPolicy'])).toBeUndefined()
  })

  it('the references of the manifests are what counts', () => {
    const asked = image('shop/other', { refs: ['web:latest'] })
    const { object, images } = injectImages(deployment('web', ['web:latest', 'shop/other']), none, [asked])
    expect(images).toEqual(['shop/other'])
    expect(valueAt(object, [...pod, 'containers', 0, 'image'])).toBe('reg:5000/shop/other:tilt-1')
    expect(valueAt(object, [...pod, 'containers', 1, 'image'])).toBe('shop/other')
  })

  it('the helper goes before a command, of the container or of the config, and is not needed where the image has its own', () => {
    const wrap = (argv: readonly string[]) => ['/helper', '--', ...argv]
    const container = { name: 'a', image: 'shop/web', command: ['node', 'server.js'], args: ['-v'] }
    const object = deployment('web', [], { pod: { containers: [container, { name: 'b', image: 'shop/web' }] } })
    const own = injectImages(object, none, [image('shop/web', { wrap })]).object
    expect(valueAt(own, [...pod, 'containers', 0])).toMatchObject({
      command: ['/helper', '--', 'node', 'server.js'],
      args: ['-v'],
    })
    expect(valueAt(own, [...pod, 'containers', 1, 'command'])).toBeUndefined()
    const asked = injectImages(object, none, [image('shop/web', { wrap, entrypoint: ['dev'] })]).object
    expect(valueAt(asked, [...pod, 'containers', 1, 'command'])).toEqual(['/helper', '--', 'dev'])
  })

  it('the helper stays away from init containers that have to end', () => {
    const wrap = (argv: readonly string[]) => ['/helper', '--', ...argv]
    const container = { image: 'shop/web', command: ['migrate'] }
    const initContainers = [
      { name: 'a', ...container },
      { name: 'b', ...container, restartPolicy: 'Always' },
    ]
    const object = deployment('web', [], { pod: { initContainers, containers: [] } })
    const { object: changed, commands } = injectImages(object, none, [image('shop/web', { wrap })])
    const command = (at: number): unknown => valueAt(changed, [...pod, 'initContainers', at, 'command'])
    expect([command(0), command(1)]).toEqual([['migrate'], ['/helper', '--', 'migrate']])
    expect(commands).toEqual(['shop/web'])
  })
})
