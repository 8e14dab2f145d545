import { connect } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { putRow } from '../testing/rows.js'
import { configMap, group, testServer, token } from '../testing/test-server.js'

const maps = `${group}/configmaps`

/** Sends bytes as they are. Resolves to all that came back, once the server has ended the connection. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let got = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    onTestFinished(() => void socket.destroy())
    socket.setEncoding('utf8').on('data', (chunk) => {
      got += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(got))
  })
}

describe('a server that is spoken to in bad faith', () => {
  const patience = { headMs: 200, requestMs: 400 }

  it('lets a client go that does not get done with the head of its request', async () => {
    const { server, call } = await testServer({ patience })
    expect(await raw(server.port, 'GET /healthz HTTP/1.1\r\nhost: localhost\r\n')).toMatch(/^(HTTP\/1.1 408|$)/)
    expect(await call('GET', '/healthz')).toMatchObject({ status: 200 })
  })

  it('lets a client go that does not get done with the body of its request', async () => {
    const { server, call } = await testServer({ patience })
    const head = `POST ${maps} HTTP/1.1\r\nhost: localhost\r\nx-tilt-token: ${token}\r\ncontent-length: 1000\r\n\r\n{"met`
    expect(await raw(server.port, head)).toMatch(/^(HTTP\/1.1 4\d\d|$)/)
    expect(await call('GET', maps)).toMatchObject({ status: 200, body: { items: [] } })
  })

  it('lets a client follow for longer than it may take to ask', async () => {
    const { store, stream } = await testServer({ patience })
    const watch = stream(`${group}/uiresources?watch=1`)
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    putRow(store, 'late')
    expect(await watch.until(1)).toHaveLength(1)
  })

  it('drops a client that watches and takes nothing, once what it was to be told is forgotten', async () => {
    const { server, store, call } = await testServer({}, { ringSize: 200 })
    const change = (text: string): void =>
      void store.update({ by: 'test' }, (tx) => tx.put('ConfigMap', 'a', { data: { text } }, {}))
    const tick = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 40))
    const socket = connect(server.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.write(`GET ${maps}?watch=1 HTTP/1.1\r\nhost: localhost\r\nx-tilt-token: ${token}\r\n\r\n`)
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    // More than the system takes for a client that does not read, then more changes than the session remembers.
    for (let n = 0; n < 48; n++) change(`${n}${'x'.repeat(1 << 20)}`)
    await tick()
    for (let n = 0; n < 5; n++) {
      for (let i = 0; i < 100; i++) change(`${n} ${i}`)
      await tick()
    }
    let got = 0
    socket.on('data', (chunk) => {
      got += chunk.length
    })
    socket.on('error', () => {})
    socket.resume()
    await new Promise((resolve) => socket.on('close', resolve))
    expect(got).toBeLessThan(48 << 20)
    expect(await call('GET', `${maps}?watch=1&resourceVersion=1`)).toMatchObject({ status: 410 })
    expect(await call('GET', `${maps}/a`)).toMatchObject({ status: 200, body: { data: { text: '4 99' } } })
  })

  it('refuses heads that are too large, and bodies that are', async () => {
    const { server, call } = await testServer()
    const head = `GET / HTTP/1.1\r\nhost: localhost\r\ncookie: ${'x'.repeat(40_000)}\r\n\r\n`
    expect(await raw(server.port, head)).toMatch(/^HTTP\/1.1 431/)
    expect(await call('POST', '/api/trigger', 'x'.repeat((20 << 20) + 1))).toMatchObject({ status: 413 })
    expect(await call('GET', '/healthz')).toMatchObject({ status: 200 })
  })

  it('reads no body of who has no token', async () => {
    const { call } = await testServer()
    const reply = await call('POST', maps, 'x'.repeat(1_000), { 'x-tilt-token': 'wrong' })
    expect(reply).toMatchObject({ status: 403, body: { message: 'invalid session token' } })
  })

  it('leads to no file by any path', async () => {
    const { server, call } = await testServer()
    const paths = [
      '/../../etc/passwd',
      '/..%2f..%2fetc%2fpasswd',
      '/%2e%2e/etc/passwd',
      '//etc/passwd',
      '/%00',
      '/%E0%A4%A',
    ]
    for (const path of [...paths, '/api/snapshot/../../../etc/passwd', `${maps}/..%2f..%2fetc`]) {
      const reply = await raw(
        server.port,
        `GET ${path} HTTP/1.1\r\nhost: localhost\r\nx-tilt-token: ${token}\r\nconnection: close\r\n\r\n`,
      )
      expect(reply).toMatch(/^HTTP\/1.1 4\d\d/)
      expect(reply).not.toContain('root:')
    }
    expect(await call('GET', '/index.html')).toMatchObject({ status: 404, body: { reason: 'NotFound' } })
  })

  it('API-62: refuses pages of other origins, also of other ports, and hosts of others that lead here', async () => {
    const { server, call } = await testServer()
    for (const origin of ['http://evil.example', 'http://localhost:1', 'null', 'nonsense']) {
      const headers = { origin, host: `localhost:${server.port}` }
      expect(await call('POST', '/api/trigger', {}, headers)).toMatchObject({
        status: 403,
        body: { message: 'cross-origin request forbidden' },
      })
    }
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '10.0.0.1'])
      expect(await call('GET', '/api/view', undefined, { host })).toMatchObject({ status: 403 })
    const nameless = `GET /api/view HTTP/1.1\r\nhost:\r\nx-tilt-token: ${token}\r\nconnection: close\r\n\r\n`
    expect(await raw(server.port, nameless)).toMatch(/^HTTP\/1.1 40[03]/)
  })

  it('refuses bodies that are no JSON, or in a format that it does not know', async () => {
    const { call } = await testServer()
    for (const body of ['{', '{"a":1}}', '[1,', '\u0000', '"\\u12"', 'nonsense'])
      expect(await call('POST', maps, body)).toMatchObject({ status: 400, body: { reason: 'BadRequest' } })
    expect(
      await call('POST', maps, 'k8s\u0000', { 'content-type': 'application/vnd.kubernetes.protobuf' }),
    ).toMatchObject({ status: 415, body: { reason: 'UnsupportedMediaType' } })
    expect(await call('POST', maps, '{ a: [', { 'content-type': 'application/yaml' })).toMatchObject({ status: 400 })
    const deep = `{"metadata":{"name":"deep"},"data":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`
    expect(await call('POST', maps, deep)).toMatchObject({ status: 400 })
    expect(await call('POST', maps, configMap('a', {}))).toMatchObject({ status: 201 })
  })
})

describe('the switch for those who want no token', () => {
  afterEach(() => void delete process.env['TILT_DISABLE_HUD_AUTH'])

  it('API-60: turns the check of the token off, and none of the others', async () => {
    const { call } = await testServer()
    process.env['TILT_DISABLE_HUD_AUTH'] = '1'
    expect(await call('GET', '/api/view', undefined, { 'x-tilt-token': 'wrong' })).toMatchObject({ status: 200 })
    expect(await call('GET', '/api/view', undefined, { host: 'evil.example' })).toMatchObject({ status: 403 })
    expect(await call('GET', '/api/view', undefined, { origin: 'http://evil.example' })).toMatchObject({ status: 403 })
    delete process.env['TILT_DISABLE_HUD_AUTH']
    expect(await call('GET', '/api/view', undefined, { 'x-tilt-token': 'wrong' })).toMatchObject({ status: 403 })
  })
})
