// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Dockerfiles look like this
import { describe, expect, it } from 'vitest'
import { imageMatches, imageObjectName, imageRefText, parseImageRef } from './image-ref.js'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

describe('parseImageRef', () => {
  it.each([
    ['redis', 'redis', 'docker.io/library/redis'],
    ['library/redis', 'redis', 'docker.io/library/redis'],
    ['docker.io/redis', 'redis', 'docker.io/library/redis'],
    ['index.docker.io/shop/api', 'shop/api', 'docker.io/shop/api'],
    ['shop/api', 'shop/api', 'docker.io/shop/api'],
    ['a/b/c', 'a/b/c', 'docker.io/a/b/c'],
    ['docker.io/a.b/c', 'docker.io/a.b/c', 'docker.io/a.b/c'],
    ['gcr.io/shop/api', 'gcr.io/shop/api', 'gcr.io/shop/api'],
    ['localhost/api', 'localhost/api', 'localhost/api'],
    ['localhost:5000/api', 'localhost:5000/api', 'localhost:5000/api'],
    ['registry:5000/shop/api', 'registry:5000/shop/api', 'registry:5000/shop/api'],
    ['[::1]:5000/api', '[::1]:5000/api', '[::1]:5000/api'],
    ['Registry/api', 'Registry/api', 'Registry/api'],
    ['a__b/c-d.e_f', 'a__b/c-d.e_f', 'docker.io/a__b/c-d.e_f'],
  ])('DB-01: %s is known as %s and is %s in full', (text, name, canonical) => {
    expect(parseImageRef(text)).toMatchObject({ name, canonical })
  })

  it('takes tags and digests off', () => {
    expect(parseImageRef('shop/api:v1.0_x')).toMatchObject({ name: 'shop/api', tag: 'v1.0_x' })
    expect(parseImageRef('localhost:5000/api')?.tag).toBeUndefined()
    expect(parseImageRef(`localhost:5000/api:1@${digest}`)).toMatchObject({ tag: '1', digest })
    expect(parseImageRef(`api@${digest}`)).toMatchObject({ name: 'api', tag: undefined, digest })
  })

  const bad = [
    '',
    'Shop',
    'a//b',
    '/a',
    'a/',
    'a b',
    'a:',
    'a:-x',
    'a@sha256:12',
    '-a',
    'a..b',
    'a___b',
    '${BASE}',
    'x:$T',
  ]
  it.each([...bad, 'http://a/b', 'f'.repeat(64), `${'a/'.repeat(130)}b`])('%s is none', (text) => {
    expect(parseImageRef(text)).toBeUndefined()
  })

  it('is written back as people know it', () => {
    const texts = ['redis', 'shop/api:dev', `gcr.io/a/b:1@${digest}`]
    expect(texts.map((text) => imageRefText(parseImageRef(text) ?? fail(text)))).toEqual(texts)
  })
})

describe('imageMatches', () => {
  const matches = (declared: string, used: string, exact = false) =>
    imageMatches(parseImageRef(declared) ?? fail(declared), parseImageRef(used) ?? fail(used), exact)

  it('DB-11: a declaration with a tag is for that tag only, one without for every tag', () => {
    expect(matches('shop/api', 'docker.io/shop/api:1')).toBe(true)
    expect(matches('shop/api', `shop/api@${digest}`)).toBe(true)
    expect(matches('shop/api', 'shop/api2')).toBe(false)
    expect(matches('shop/api:dev', 'shop/api:dev')).toBe(true)
    expect(matches('shop/api:dev', 'shop/api')).toBe(false)
    expect(matches('shop/api:dev', 'shop/api:1')).toBe(false)
    expect(matches('shop/api:latest', 'shop/api')).toBe(true)
  })

  it('DB-10: where several tags are declared, one without a tag is for `latest` only', () => {
    expect(matches('shop/api', 'shop/api:1', true)).toBe(false)
    expect(matches('shop/api', 'shop/api', true)).toBe(true)
    expect(matches('shop/api', 'shop/api:latest', true)).toBe(true)
  })
})

describe('imageObjectName', () => {
  it('is one part of a path', () => {
    expect(imageObjectName('shop/api:dev')).toBe('shop_api:dev')
    expect(imageObjectName('docker.io/shop/api')).toBe('shop_api')
    expect(imageObjectName('localhost:5000/a_b')).toBe('localhost:5000_a__b')
  })
})

function fail(text: string): never {
  throw new Error(`no reference: ${text}`)
}
