import { expect, it } from 'vitest'
import { certificate, key } from '../../docker/testing/certificate.js'
import { connectionTls } from './tls.js'

const cluster = {
  server: 'https://localhost:6443',
  'certificate-authority-data': Buffer.from(certificate).toString('base64'),
}

it('reads certificates once, and again when those of the client have changed', async () => {
  const tlsOf = connectionTls(cluster)
  const first = await tlsOf({ cert: certificate, key })
  expect(first.secureContext).toBeDefined()
  expect(await tlsOf({ cert: Buffer.from(certificate), key })).toBe(first)
  expect(await tlsOf({})).not.toBe(first)
})

it('passes on what the kubeconfig says of the server, which may speak without TLS', async () => {
  const more = { 'tls-server-name': 'api.example.com', 'insecure-skip-tls-verify': true }
  expect(await connectionTls({ ...cluster, ...more })({})).toMatchObject({
    servername: 'api.example.com',
    rejectUnauthorized: false,
  })
  expect(await connectionTls({ server: 'http://localhost:8080' })({})).toEqual({})
})
