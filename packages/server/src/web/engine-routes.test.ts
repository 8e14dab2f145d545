import { wellKnown } from '@tiltts/spec'
import { beforeEach, describe, expect, it } from 'vitest'
import { putRow, putSession } from '../testing/rows.js'
import { type Reply, type TestServer, testServer } from '../testing/test-server.js'

let server: TestServer
const trigger = (body: unknown): Promise<Reply> => server.call('POST', '/api/trigger', body)

beforeEach(async () => {
  server = await testServer()
  putSession(server.store)
  putRow(server.store, 'api')
})

describe('POST /api/trigger', () => {
  it('API-64: queues an update of the one resource that is named, and answers with nothing', async () => {
    expect(await trigger({ manifest_names: ['api'], build_reason: 16 })).toMatchObject({ status: 200, body: '' })
    expect(server.store.list('Update')).toMatchObject([
      { spec: { resource: 'api', causes: [{ reason: 'trigger', by: 'web' }] }, status: { phase: 'queued' } },
    ])
    expect(await trigger({ manifest_names: ['api'] })).toMatchObject({ status: 200, body: '' })
    expect(server.store.list('Update')).toHaveLength(2)
  })

  const reasons: [bits: number | undefined, by: string][] = [
    [16, 'web'],
    [32, 'cli'],
    [64, 'terminal'],
    [128, 'api'],
    [undefined, 'api'],
  ]
  it.each(reasons)('API-65: takes who asks from the reason %s: %s', async (build_reason, by) => {
    await trigger({ manifest_names: ['api'], build_reason })
    expect(server.store.list('Update')[0]?.spec.causes).toMatchObject([{ by }])
  })

  it('API-64: refuses other methods, bodies and counts, resources there are not, and disabled ones', async () => {
    putRow(server.store, 'off', {
      disableStatus: { enabledCount: 0, disabledCount: 1, state: 'Disabled', sources: [] },
    })
    expect(await server.call('GET', '/api/trigger')).toMatchObject({ status: 400, body: 'must be POST request' })
    for (const body of ['{ nonsense', '[]', '"api"', {}, { manifest_names: [] }, { manifest_names: ['api', 'api'] }])
      expect(await trigger(body)).toMatchObject({ status: 400 })
    expect(await trigger({ manifest_names: [1] })).toMatchObject({ status: 400 })
    expect(await trigger({ manifest_names: ['api'], build_reason: 'web' })).toMatchObject({ status: 400 })
    expect(await trigger({ manifest_names: ['none'] })).toMatchObject({
      status: 404,
      body: 'resource "none" does not exist',
    })
    expect(await trigger({ manifest_names: ['off'] })).toMatchObject({
      status: 409,
      body: 'resource "off" is currently disabled',
    })
    expect(server.store.list('Update')).toEqual([])
  })
})

describe('POST /api/set_tiltfile_args', () => {
  it('API-67: replaces the arguments of the config, and refuses what is no list of texts', async () => {
    const set = (body: unknown): Promise<Reply> => server.call('POST', '/api/set_tiltfile_args', body)
    expect(await set(['api', '--fast'])).toMatchObject({ status: 200, body: '' })
    expect(server.store.get('Tiltfile', wellKnown.tiltfile)?.spec.args).toEqual(['api', '--fast'])
    for (const wrong of [{}, [1], '"api"', '[']) expect(await set(wrong)).toMatchObject({ status: 400 })
    expect(server.store.get('Tiltfile', wellKnown.tiltfile)?.spec.args).toEqual(['api', '--fast'])
    expect(await set([])).toMatchObject({ status: 200 })
    expect(server.store.get('Tiltfile', wellKnown.tiltfile)?.spec).toMatchObject({
      args: [],
      path: '/shop/tilt.config.ts',
    })
  })
})
