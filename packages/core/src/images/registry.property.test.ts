import type { RegistrySpec } from '@tiltts/spec'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseImageRef } from './image-ref.js'
import { registryRef, taggedRefs } from './registry.js'

const registry = (host: string, more: Partial<RegistrySpec> = {}): RegistrySpec => ({ host, place: undefined, ...more })
const part = fc.stringMatching(/^[a-z]{1,3}(?:[._-][a-z]{1,2})?$/)
const host = fc.constantFrom('localhost:5000', 'gcr.io/project', 'registry.local/a/b')
const name: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', 'gcr.io/', 'localhost:5000/'),
    fc.array(part, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', ':v1'),
  )
  .map(([domain, parts, tag]) => `${domain}${parts.join('/')}${tag}`)

describe('registryRef', () => {
  it('REG-02: puts the familiar name behind the host, with / : and @ as _, and drops the tag', () => {
    const { local } = registryRef('gcr.io/a/b:1', registry('localhost:5000'))
    expect(local).toBe('localhost:5000/gcr.io_a_b')
    expect(registryRef('docker.io/library/busybox', registry('r.io/x')).local).toBe('r.io/x/busybox')
    expect(registryRef('localhost:5000/a', registry('r.io')).local).toBe('r.io/localhost_5000_a')
    expect(registryRef('shop/api:1', undefined)).toEqual({ local: 'shop/api', cluster: 'shop/api', tagPrefix: '' })
  })

  it('REG-02: makes names that Docker takes, of which all stand right behind the host', () => {
    fc.assert(
      fc.property(name, host, (ref, at) => {
        const { local, cluster } = registryRef(ref, registry(at))
        expect(cluster).toBe(local)
        expect(local.startsWith(`${at}/`)).toBe(true)
        expect(parseImageRef(local)).toMatchObject({ name: local, tag: undefined })
        const again = registryRef(local, registry(at)).local
        expect(again).toBe(local)
      }),
    )
  })

  it('REG-03: leaves a name alone that is in the registry already, up to the port', () => {
    expect(registryRef('localhost:5000/shop/api:1', registry('localhost:5000')).local).toBe('localhost:5000/shop/api')
    expect(registryRef('localhost:5000/shop/api', registry('localhost:500')).local).toBe(
      'localhost:500/localhost_5000_shop_api',
    )
  })

  it('REG-04: has the cluster call the registry by its own name, for the same repository', () => {
    fc.assert(
      fc.property(name, host, (ref, at) => {
        const { local, cluster } = registryRef(ref, registry(at, { hostFromCluster: 'reg:5001' }))
        expect(cluster.startsWith('reg:5001/')).toBe(true)
        expect(cluster.slice('reg:5001'.length)).toBe(local.slice(at.length))
      }),
    )
    expect(registryRef('a', registry('h.io', { hostFromCluster: '' })).cluster).toBe('h.io/a')
  })

  it('REG-05: puts all images into one repository, told apart by their tags', () => {
    const names = registryRef('gcr.io/shop/api:1', registry('h.io', { singleName: 'dev/all', hostFromCluster: 'c.io' }))
    expect(taggedRefs(names, 'tilt-12')).toEqual({
      local: 'h.io/dev/all:api-tilt-12',
      cluster: 'c.io/dev/all:api-tilt-12',
    })
    fc.assert(
      fc.property(name, host, (ref, at) => {
        const { local } = taggedRefs(registryRef(ref, registry(at, { singleName: 'all' })), 'tilt-1')
        expect(parseImageRef(local)?.name).toBe(`${at}/all`)
      }),
    )
  })
})
