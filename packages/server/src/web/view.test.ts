import { beforeEach, describe, expect, it } from 'vitest'
import { putRow, putSession } from '../testing/rows.js'
import { group, type TestServer, testServer, token } from '../testing/test-server.js'

let server: TestServer
beforeEach(async () => {
  server = await testServer()
})

describe('the view', () => {
  it('API-63, API-72: holds the session, rows by name, clusters, the log and the start time', async () => {
    const { store, logs, call } = server
    putSession(store)
    putRow(store, 'web')
    putRow(store, 'api')
    logs.span({ id: 'api', resource: 'api', source: 'runtime' })
    logs.append('api', 'hello\n')
    const { status, body } = await call('GET', '/api/view')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      isComplete: true,
      uiSession: { kind: 'UISession', apiVersion: 'tilt.dev/v1alpha1', metadata: { name: 'Tiltfile' } },
      uiResources: [{ metadata: { name: 'api' }, status: { updateStatus: 'ok' } }, { metadata: { name: 'web' } }],
      logList: { spans: { api: { manifestName: 'api' } }, segments: [{ text: 'hello\n' }], toCheckpoint: 1 },
      tiltStartTime: '1970-01-01T00:00:00.500000Z',
    })
    expect(Object.keys(body)).not.toContain('clusters')
  })

  it('does not tell browsers who owns which fields', async () => {
    const { store, call } = server
    store.update({ by: 'cluster' }, (tx) => {
      const owners = [
        {
          manager: 'kubectl',
          operation: 'Apply',
          apiVersion: 'tilt.dev/v1alpha1',
          time: '',
          fieldsType: 'FieldsV1',
          fieldsV1: {},
        },
      ] as const
      tx.put('Cluster', 'docker', { connection: { docker: {} } }, {}, { managedFields: owners })
    })
    expect(JSON.stringify((await call('GET', `${group}/clusters/docker`)).body)).toContain('managedFields')
    const { body } = await call('GET', '/api/view')
    expect(body).toMatchObject({ clusters: [{ metadata: { name: 'docker' } }] })
    expect(JSON.stringify(body)).not.toContain('managedFields')
  })

  it('API-69: is in a snapshot under any name, with the time at which it was made', async () => {
    putRow(server.store, 'api')
    const { body } = await server.call('GET', '/api/snapshot/local')
    expect(body).toMatchObject({
      view: { isComplete: true, uiResources: [{ metadata: { name: 'api' } }] },
      createdAt: '1970-01-01T00:00:01.000000Z',
    })
  })
})

describe('secrets', () => {
  const secret = 'hunter2-and-more'
  const manifest = (values: Record<string, string>): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'pin' },
    stringData: values,
  })

  it('API-69, API-80: are in no snapshot and no dump, neither in lines nor in environments nor in errors', async () => {
    const { store, logs, call } = server
    logs.addSecrets([{ value: secret, replacement: '[secret]' }])
    putRow(store, 'api', { summary: `cannot log in with ${secret}` })
    logs.span({ id: 'api', resource: 'api', source: 'runtime' })
    logs.append('api', `password ${secret}\n`)
    store.update({ by: 'cmd' }, (tx) => {
      const spec = { args: ['login'], dir: '/', env: [`PASSWORD=${secret}`, 'MODE=dev'], role: 'job' } as const
      tx.put('Cmd', 'api', spec, { ready: false, restarts: 0 })
    })
    for (const path of ['/api/snapshot/x', '/api/dump/engine']) {
      const { status, headers, body } = await call('GET', path)
      expect(status).toBe(200)
      expect(headers['content-type']).toContain('application/json')
      expect(JSON.stringify(body)).toContain('cannot log in with [secret]')
      expect(JSON.stringify(body)).not.toContain(secret)
      expect(JSON.stringify(body)).not.toContain(token)
    }
    expect(JSON.stringify((await call('GET', '/api/view')).body)).toContain('password [secret]')
    const { body } = await call('GET', '/api/dump/engine')
    expect(body).toMatchObject({ objects: { Cmd: [{ spec: { env: ['PASSWORD=[secret]', 'MODE=dev'] } }] } })
  })

  it('hides the values of Secrets in a dump, even those too short to be scrubbed', async () => {
    const { store, call } = server
    store.update({ by: 'config' }, (tx) => {
      // Where manifests stand in an object does not matter.
      const spec = { data: { other: 'kept' }, held: [manifest({ pin: '1234' })] }
      tx.put('ConfigMap', 'a', spec, {})
    })
    const { body } = await call('GET', '/api/dump/engine')
    expect(body).toMatchObject({
      objects: { ConfigMap: [{ spec: { data: { other: 'kept' }, held: [{ stringData: { pin: '(hidden)' } }] } }] },
    })
  })
})
