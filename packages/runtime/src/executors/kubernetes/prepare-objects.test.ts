import type { Injection } from '@tiltts/core/kubernetes'
import type { KubernetesDeploy } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { configMap, deployment } from '../../controllers/kubernetes/manifests.test.support.js'
import { markOf } from './inventory.js'
import { prepareObjects } from './prepare-objects.js'

const mark = markOf('/shop/tilt.config.ts')

function deploy(...objects: KubernetesDeploy['objects']): KubernetesDeploy {
  return {
    objects,
    imagePlaces: [],
    portForwards: [],
    podReadiness: 'wait',
    discoveryStrategy: 'default',
    extraPodSelectors: [],
    timeoutMs: 30_000,
  }
}

function image(ref: string, more: Partial<Injection> = {}): Injection {
  return { name: ref, declared: ref, refs: [ref], clusterRef: `registry/${ref}:tilt-1`, matchInEnvVars: false, ...more }
}

describe('objects as they are sent', () => {
  it('INJ-04: an image that no object names is an error', () => {
    const end = prepareObjects(deploy(deployment('api', 'busybox')), [image('shop/api')], mark)
    expect(end).toMatchObject({ ok: false, error: expect.stringContaining('the image shop/api is named in no object') })
  })

  it('INJ-05: an entrypoint without a container to put it in is an error', () => {
    const kind = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' }, spec: { image: 'shop/api' } }
    const places = [{ object: 0, jsonPaths: ['{.spec.image}'] }]
    const end = prepareObjects(
      { ...deploy(kind), imagePlaces: places },
      [image('shop/api', { entrypoint: ['run'] })],
      mark,
    )
    expect(end).toMatchObject({ ok: false, error: expect.stringContaining('no container of a built-in kind runs it') })
  })

  it('have another hash when the image is another, and the same when all is the same', () => {
    const hashes = (clusterRef: string): readonly string[] => {
      const end = prepareObjects(
        deploy(deployment('api', 'shop/api'), configMap('a')),
        [image('shop/api', { clusterRef })],
        mark,
      )
      if (!end.ok) throw new Error(end.error)
      return end.objects.map(({ hash }) => hash)
    }
    expect(hashes('r/api:1')).toEqual(hashes('r/api:1'))
    expect(hashes('r/api:2')[0]).not.toBe(hashes('r/api:1')[0])
    expect(hashes('r/api:2')[1]).toBe(hashes('r/api:1')[1])
  })
})
