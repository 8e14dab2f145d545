import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { containerHashes, goJson } from './config-hash.js'

describe('containerHashes', () => {
  // As Compose 2.26 tells them by `config --hash`, and as its containers have them.
  const plain = { command: ['sleep', '1000'], entrypoint: null, image: 'busybox', networks: { default: null } }
  const ofPlain = '39a6ed0eec1ef3603ac14738fc339adc0b5751c4ae48684d1483696fff5a2b8d'
  const none: ReadonlySet<string> = new Set()

  it('DC-08: gives what Compose tells of a service without dependencies', () => {
    expect(containerHashes({ a: plain }, new Map([['a', ofPlain]]), none).get('a')?.hash).toBe(ofPlain)
  })

  it('DC-08: leaves dependencies out, as bringing a service up alone does', () => {
    const b = { ...plain, depends_on: { a: { condition: 'service_started', required: true } } }
    const told = new Map([
      ['a', ofPlain],
      ['b', 'with-dependencies'],
    ])
    expect(containerHashes({ a: plain, b }, told, none).get('b')?.hash).toBe(ofPlain)
  })

  it('DC-08: does not change with how a service is built, pulled or scaled', () => {
    const b = { ...plain, build: { context: '/x' }, scale: 3, pull_policy: 'always' }
    expect(containerHashes({ a: plain, b }, new Map([['a', ofPlain]]), none).get('b')?.hash).toBe(ofPlain)
    expect(
      containerHashes({ a: plain, b: { ...plain, image: 'x' } }, new Map([['a', ofPlain]]), none).get('b')?.hash,
    ).not.toBe(ofPlain)
  })

  it('takes what Compose tells when it makes its hashes in another way', () => {
    const told = new Map([
      ['a', 'other-a'],
      ['b', 'other-b'],
    ])
    const hashes = containerHashes({ a: plain, b: plain }, told, new Set(['b']))
    expect([...hashes].map(([name, { hash }]) => [name, hash])).toEqual([
      ['a', 'other-a'],
      ['b', ofPlain],
    ])
  })

  it('DC-08: tells what Compose hashes of a service that lives in containers of others', () => {
    const joining = {
      command: ['sleep', '1000'],
      depends_on: { x: { condition: 'service_started', restart: true, required: true } },
      entrypoint: null,
      image: 'busybox',
      ipc: 'service:x',
      network_mode: 'service:x',
      pid: 'service:x',
      stop_grace_period: '0s',
      volumes_from: ['x:ro'],
    }
    const hashes = containerHashes({ a: plain, y: joining }, new Map([['a', ofPlain]]), none)
    expect(hashes.get('a')?.parts).toBeUndefined()
    const parts = hashes.get('y')?.parts ?? []
    expect(parts.filter((part) => typeof part !== 'string')).toEqual(Array(4).fill({ containerOf: 'x' }))
    // The container that Compose 2.26 made had this label, with x in the container of this id.
    const id = 'f2f5f93fb6eed944427014a6057e86581998954a0f5113f5a7605947a27489f7'
    const text = parts.map((part) => (typeof part === 'string' ? part : id)).join('')
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      '5562402f120dd3d214f7f512374dd5dccadfec2366d0e1e49f7b8f9f14ba9c2f',
    )
  })
})

describe('goJson', () => {
  it('escapes what Go escapes, and sorts maps with numbers for keys', () => {
    expect(goJson({ b: '<&>', a: [null, 1.5, true], m: { '10': 'x', '9': 'y', z: '\u2028' } })).toBe(
      '{"b":"\\u003c\\u0026\\u003e","a":[null,1.5,true],"m":{"10":"x","9":"y","z":"\\u2028"}}',
    )
  })
})
