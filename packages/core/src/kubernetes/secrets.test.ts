import type { KubernetesManifest } from '@tiltts/spec'
import { describe, expect, it } from 'vitest'
import { manifest } from './manifests.test.support.js'
import { secretsOf } from './secrets.js'

const secret = (fields: object): KubernetesManifest => manifest('v1', 'Secret', 'db', fields)

describe('secretsOf', () => {
  it('SEC-01: takes the values of a Secret, those of data decoded, and names secret and key', () => {
    const data = { password: Buffer.from('hunter2 ü').toString('base64'), folded: 'aHVu\ndGVyMw==' }
    expect(secretsOf(secret({ data, stringData: { token: 'plain-token' } }))).toEqual([
      { value: 'hunter2 ü', replacement: '[redacted secret db:password]' },
      { value: 'hunter3', replacement: '[redacted secret db:folded]' },
      { value: 'plain-token', replacement: '[redacted secret db:token]' },
    ])
  })

  it('SEC-01: takes what is no text, or no base64, as it stands in the manifest', () => {
    const binary = Buffer.from([0xff, 0xfe, 0x00]).toString('base64')
    expect(secretsOf(secret({ data: { binary, wrong: 'not base64!' } })).map(({ value }) => value)).toEqual([
      binary,
      'not base64!',
    ])
  })

  it('takes nothing from empty values, from what is no string, and from other objects', () => {
    expect(secretsOf(secret({ data: { empty: '', number: 7 }, stringData: null }))).toEqual([])
    expect(secretsOf(manifest('v1', 'ConfigMap', 'db', { data: { a: 'aHVudGVyMg==' } }))).toEqual([])
    expect(secretsOf(manifest('example.com/v1', 'Secret', 'db', { stringData: { a: 'plain-token' } }))).toEqual([])
  })
})
