import { describe, expect, it } from 'vitest'
import { registryOf, splitTag } from './images.js'

describe('references of images', () => {
  it.each([
    ['shop/api:dev', 'shop/api', 'dev'],
    ['shop/api', 'shop/api', 'latest'],
    ['127.0.0.1:5000/shop/api', '127.0.0.1:5000/shop/api', 'latest'],
    ['127.0.0.1:5000/shop/api:tilt-1', '127.0.0.1:5000/shop/api', 'tilt-1'],
  ])('%s is %s with the tag %s', (ref, repository, tag) => {
    expect(splitTag(ref)).toEqual({ repository, tag })
  })

  it.each([
    ['node', 'docker.io'],
    ['shop/api', 'docker.io'],
    ['ghcr.io/shop/api', 'ghcr.io'],
    ['localhost/api', 'localhost'],
    ['localhost:5000/api', 'localhost:5000'],
  ])('%s belongs to %s', (ref, registry) => {
    expect(registryOf(ref)).toBe(registry)
  })
})
