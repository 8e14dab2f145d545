import { describe, expect, it } from 'vitest'
import { containerHashes, goJson } from './config-hash.js'

describe('containerHashes', () => {
  // As Compose 2.26 tells them by `config --hash`, and as its containers have them.
  const plain = { command: ['sleep', '1000'], entrypoint: null, image: 'busybox', networks: { default: null } }
  const ofPlain = '39a6ed0eec1ef3603ac14738fc339adc0b5751c4ae48684d1483696fff5a2b8d'
  const none: ReadonlySet<string> = new Set()

  it('DC-08: gives what Compose tells of a service without dependencies', () => {
    expect(containerHashes({ a: plain }, new Map([['a', ofPlain]]), none).get('a')).toBe(ofPlain)
  })

  it('DC-08: leaves dependencies out, as bringing a service up alone does', () => {
    const b = { ...plain, depends_on: { a: { condition: 'service_started', required: true } } }
    const told = new Map([
      ['a', ofPlain],
      ['b', 'with-dependencies'],
    ])
    expect(containerHashes({ a: plain, b }, told, none).get('b')).toBe(ofPlain)
  })

  it('DC-08: does not change with how a service is built, pulled or scaled', () => {
    const b = { ...plain, build: { context: '/x' }, scale: 3, pull_policy: 'always' }
    expect(containerHashes({ a: plain, b }, new Map([['a', ofPlain]]), none).get('b')).toBe(ofPlain)
    expect(
      containerHashes({ a: plain, b: { ...plain, image: 'x' } }, new Map([['a', ofPlain]]), none).get('b'),
    ).not.toBe(ofPlain)
  })

  it('takes what Compose tells when it makes its hashes in another way', () => {
    const told = new Map([
      ['a', 'other-a'],
      ['b', 'other-b'],
    ])
    const hashes = containerHashes({ a: plain, b: plain }, told, new Set(['b']))
    expect([...hashes]).toEqual([
      ['a', 'other-a'],
      ['b', ofPlain],
    ])
  })
})

describe('goJson', () => {
  it('escapes what Go escapes, and sorts maps with numbers for keys', () => {
    expect(goJson({ b: '<&>', a: [null, 1.5, true], m: { '10': 'x', '9': 'y', z: '\u2028' } })).toBe(
      '{"b":"\\u003c\\u0026\\u003e","a":[null,1.5,true],"m":{"10":"x","9":"y","z":"\\u2028"}}',
    )
  })
})
