import { request } from 'node:https'
import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { beforeEach, describe, expect, it } from 'vitest'
import { createCertificate } from './certificate.js'
import { type RunningServer, startServer } from './server.js'
import { configMap, group, type Reply, type TestServer, testServer, token } from './testing/test-server.js'

let store: ObjectStore
let logs: LogStore
let call: TestServer['call']
let stream: TestServer['stream']
let port = 0
let server: RunningServer
const maps = `${group}/configmaps`

beforeEach(async () => {
  const running = await testServer()
  ;({ store, logs, call, stream } = running)
  server = running.server
  port = server.port
})

describe('objects', () => {
  it('creates, gets, lists and deletes an object of any served kind', async () => {
    expect(await call('POST', maps, configMap('a', { key: 'one' }))).toMatchObject({
      status: 201,
      body: { data: { key: 'one' } },
    })
    expect(await call('GET', `${maps}/a`)).toMatchObject({
      status: 200,
      body: { kind: 'ConfigMap', data: { key: 'one' } },
    })
    expect(await call('GET', maps)).toMatchObject({
      status: 200,
      body: { kind: 'ConfigMapList', items: [{ metadata: { name: 'a' } }] },
    })
    expect(await call('DELETE', `${maps}/a`)).toMatchObject({ status: 200 })
    expect(await call('GET', `${maps}/a`)).toMatchObject({
      status: 404,
      body: { reason: 'NotFound', message: 'configmaps.tilt.dev "a" not found' },
    })
  })

  it('merges a patch into the spec, and leaves the status to the engine', async () => {
    await call('POST', maps, configMap('a', { keep: 'yes', drop: 'soon' }))
    const patch = { data: { drop: null, add: 'new' } }
    const answer = await call('PATCH', `${maps}/a`, patch, { 'content-type': 'application/merge-patch+json' })
    expect(answer).toMatchObject({ status: 200, body: { data: { keep: 'yes', add: 'new' } } })
    expect(store.get('ConfigMap', 'a')?.spec.data).toEqual({ keep: 'yes', add: 'new' })
  })

  it('refuses a replacement that was made from an older version', async () => {
    const { body } = await call('POST', maps, configMap('a', { n: '1' }))
    const { metadata } = body as { metadata: { resourceVersion: string } }
    expect(await call('PUT', `${maps}/a`, { ...configMap('a', { n: '2' }), metadata })).toMatchObject({ status: 200 })
    expect(await call('PUT', `${maps}/a`, { ...configMap('a', { n: '3' }), metadata })).toMatchObject({
      status: 409,
      body: { reason: 'Conflict' },
    })
  })

  it('makes a free name from generateName, with a status that says the update is queued', async () => {
    const create = (): Promise<Reply> =>
      call('POST', '/apis/tilt.dev/v1alpha1/updates', {
        metadata: { generateName: 'api-' },
        spec: { resource: 'api', causes: [{ reason: 'trigger' }] },
      })
    expect(await create()).toMatchObject({
      status: 201,
      body: { metadata: { name: 'api-1' }, status: { phase: 'queued' } },
    })
    expect(await create()).toMatchObject({ status: 201, body: { metadata: { name: 'api-2' } } })
  })

  it.each(['resources', 'nonsense'])('does not serve %s', async (plural) => {
    expect(await call('GET', `/apis/tilt.dev/v1alpha1/${plural}`)).toMatchObject({ status: 404 })
  })

  it('refuses bodies that are no JSON, no object, or have no name, and goes on answering', async () => {
    expect(await call('POST', maps, '{ nonsense')).toMatchObject({ status: 400 })
    expect(await call('POST', maps, '[1]')).toMatchObject({ status: 400 })
    expect(await call('POST', maps, { metadata: {} })).toMatchObject({ status: 422 })
    expect(await call('POST', maps, 'x'.repeat((20 << 20) + 1))).toMatchObject({ status: 413 })
    expect(await call('GET', maps)).toMatchObject({ status: 200 })
  })
})

describe('watch', () => {
  it('sends what there is, then each change, and resumes from a version', async () => {
    await call('POST', maps, configMap('a', { n: '1' }))
    const revision = store.revision
    const watch = stream(`${maps}?watch=1`)
    await watch.until(1)
    await call('POST', maps, configMap('b', {}))
    await call('DELETE', `${maps}/a`)
    const events = (await watch.until(3)).map((line) => JSON.parse(line))
    expect(events.map((event) => [event.type, event.object.metadata.name])).toEqual([
      ['ADDED', 'a'],
      ['ADDED', 'b'],
      ['DELETED', 'a'],
    ])
    const resumed = (await stream(`${maps}?watch=1&resourceVersion=${revision}`).until(2)).map((line) =>
      JSON.parse(line),
    )
    expect(resumed.map((event) => [event.type, event.object.metadata.name])).toEqual([
      ['ADDED', 'b'],
      ['DELETED', 'a'],
    ])
  })

  it('sends changes of one object alone when asked by name', async () => {
    const watch = stream(`${maps}?watch=1&fieldSelector=metadata.name%3Db`)
    await call('POST', maps, configMap('a', {}))
    await call('POST', maps, configMap('b', {}))
    expect((await watch.until(1)).map((line) => JSON.parse(line).object.metadata.name)).toEqual(['b'])
  })
})

describe('logs', () => {
  it('sends the past and follows, without gap or repeat, filtered by resource and level', async () => {
    logs.span({ id: 'api', resource: 'api', source: 'runtime' })
    logs.span({ id: 'web', resource: 'web', source: 'runtime' })
    logs.append('api', 'one\nERROR two\n')
    logs.append('web', 'elsewhere\n')
    const all = stream('/api/logs?resource=api&follow=1')
    await all.until(2)
    logs.append('api', 'three\n')
    expect((await all.until(3)).map((line) => JSON.parse(line).message)).toEqual(['one', 'ERROR two', 'three'])
    expect((await stream('/api/logs?level=error').until(1)).map((line) => JSON.parse(line).message)).toEqual([
      'ERROR two',
    ])
    expect(await call('GET', '/api/logs?level=loud')).toMatchObject({ status: 400 })
  })
})

describe('who is let in', () => {
  it('EXIT-04: refuses whoever brings no token, or a wrong one', async () => {
    expect(await call('GET', maps, undefined, { 'x-tilt-token': '' })).toMatchObject({ status: 403 })
    expect(await call('GET', maps, undefined, { 'x-tilt-token': `${token}x` })).toMatchObject({ status: 403 })
    expect(
      await call('GET', maps, undefined, { 'x-tilt-token': 'wrong', authorization: `Bearer ${token}` }),
    ).toMatchObject({ status: 403 })
  })

  it('refuses another host name, and pages of another origin, even with the token', async () => {
    expect(await call('GET', maps, undefined, { host: 'evil.example:80' })).toMatchObject({ status: 403 })
    expect(await call('GET', maps, undefined, { origin: 'http://evil.example' })).toMatchObject({ status: 403 })
    expect(await call('GET', maps, undefined, { origin: `http://127.0.0.1:${port}` })).toMatchObject({ status: 200 })
  })

  it('says that a port is taken', async () => {
    await expect(startServer({ token, host: '127.0.0.1', port, now: () => 0, version: '' })).rejects.toMatchObject({
      code: 'server/port-busy',
    })
  })
})

describe('the port for clients of Kubernetes', () => {
  it('API-01, API-02: is another one, speaks HTTPS, and asks for a token of its own', async () => {
    const certificate = await createCertificate(Date.now())
    const apiPort = await server.openApi({ certificate, token: 'own' })
    expect(apiPort).not.toBe(port)
    const get = (authorization?: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = authorization === undefined ? {} : { authorization }
        const options = { host: '127.0.0.1', port: apiPort, path: maps, ca: certificate.cert, headers }
        const outgoing = request(options, (answer) => {
          answer.resume()
          resolve(answer.statusCode ?? 0)
        })
        outgoing.on('error', reject)
        outgoing.end()
      })
    expect(await get('Bearer own')).toBe(200)
    expect(await get(`Bearer ${token}`)).toBe(401)
    expect(await get()).toBe(403)
  })
})
