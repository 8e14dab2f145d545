import { beforeEach, describe, expect, it } from 'vitest'
import { putRow, putSession } from '../testing/rows.js'
import { configMap, group, type TestServer, testServer, token } from '../testing/test-server.js'
import { type ViewClient, viewClient } from '../testing/view-client.js'

let server: TestServer
let port = 0
const withToken = { 'x-tilt-token': token }
const open = (): Promise<ViewClient> => viewClient(port, '/ws/view', withToken)

beforeEach(async () => {
  server = await testServer()
  port = server.server.port
  putSession(server.store)
  putRow(server.store, 'api')
})

describe('the socket of the view', () => {
  it('API-73: sends everything first, then only what changed, sorted by name, with what is gone marked so', async () => {
    const { store } = server
    const client = await open()
    const first = await client.frame(() => true)
    expect(first).toMatchObject({ isComplete: true, uiResources: [{ metadata: { name: 'api' } }] })
    putRow(store, 'web')
    putRow(store, 'db')
    const added = await client.frame((view) => view.uiResources?.length === 2)
    expect(added).toMatchObject({
      uiResources: [{ metadata: { name: 'db' } }, { metadata: { name: 'web' } }],
      tiltStartTime: '1970-01-01T00:00:00.500000Z',
      logList: { fromCheckpoint: -1, toCheckpoint: -1 },
    })
    expect(added.isComplete).toBeUndefined()
    expect(added.uiSession).toBeUndefined()
    store.update({ by: 'config' }, (tx) => tx.delete('UIResource', 'db'))
    const isDeletion = ({ metadata }: { metadata: object }): boolean => 'deletionTimestamp' in metadata
    const gone = await client.frame((view) => view.uiResources?.some(isDeletion) ?? false)
    expect(gone.uiResources).toMatchObject([
      { metadata: { name: 'db', deletionTimestamp: '1970-01-01T00:00:01.000000Z' }, status: { updateStatus: 'ok' } },
    ])
  })

  it('API-73: puts what changes within 200 ms into one frame', async () => {
    const client = await open()
    await client.frame(() => true)
    for (let order = 1; order <= 20; order++) {
      putRow(server.store, 'api', { order })
      await new Promise((resolve) => setImmediate(resolve))
    }
    await client.frame((view) => view.uiResources?.[0]?.['status'] !== undefined && orderOf(view) === 20)
    expect(client.frames.length).toBeLessThan(20)
    expect(client.frames.slice(1).map(orderOf)).toEqual([20])
  })

  it('API-73: sends the lines of the log by their range, and does not listen to what clients say', async () => {
    const { logs } = server
    logs.span({ id: 'api', resource: 'api', source: 'runtime' })
    logs.append('api', 'before\n')
    const client = await open()
    expect((await client.frame(() => true)).logList).toMatchObject({
      segments: [{ text: 'before\n' }],
      toCheckpoint: 1,
    })
    client.socket.send('{"nonsense":')
    logs.append('api', 'one\ntwo\n')
    const next = await client.frame((view) => (view.logList.toCheckpoint ?? 0) > 1)
    expect(next.logList).toMatchObject({
      segments: [{ text: 'one\n' }, { text: 'two\n' }],
      fromCheckpoint: 1,
      toCheckpoint: 3,
    })
  })

  it('ends a client that says too much, and goes on with the others', async () => {
    const client = await open()
    const other = await open()
    client.socket.send('x'.repeat(100_000))
    expect(await client.closed).toBe(1009)
    putRow(server.store, 'later')
    await other.frame((view) => view.uiResources?.[0]?.metadata.name === 'later')
  })

  it('ends with the server', async () => {
    const client = await open()
    await client.frame(() => true)
    await server.server.close()
    expect(await client.closed).toBe(1006)
  })

  it('tells nothing of kinds that are not for people', async () => {
    const client = await open()
    await client.frame(() => true)
    await server.call('POST', `${group}/configmaps`, configMap('quiet', {}))
    putRow(server.store, 'loud')
    await client.frame((view) => view.uiResources?.[0]?.metadata.name === 'loud')
    expect(client.frames).toHaveLength(2)
  })
})

describe('who opens it', () => {
  it("API-68: whoever brings what /api/websocket_token gives to those with the user's token", async () => {
    const { body: csrf } = await server.call('GET', '/api/websocket_token')
    expect(csrf).toMatch(/^[0-9a-f-]{36}$/)
    expect((await server.call('GET', '/api/websocket_token')).body).toBe(csrf)
    await (await viewClient(port, `/ws/view?csrf=${csrf}`)).frame((view) => view.isComplete === true)
    await expect(viewClient(port, '/ws/view?csrf=wrong', withToken)).rejects.toThrow('403')
    expect(await server.call('GET', '/api/websocket_token', undefined, { 'x-tilt-token': 'x' })).toMatchObject({
      status: 403,
    })
  })

  it('whoever brings the token by header or cookie, and nobody else', async () => {
    await open()
    await viewClient(port, '/ws/view', { cookie: `Tilt-Token=${token}` })
    await expect(viewClient(port, '/ws/view')).rejects.toThrow('403')
    await expect(viewClient(port, '/ws/view', { 'x-tilt-token': 'wrong' })).rejects.toThrow('403')
  })

  it('no page of another origin, nobody who calls another host, and nobody at another path', async () => {
    await expect(viewClient(port, '/ws/view', { ...withToken, origin: 'http://evil.example' })).rejects.toThrow('403')
    await expect(viewClient(port, '/ws/view', { ...withToken, host: 'evil.example' })).rejects.toThrow('403')
    await expect(viewClient(port, '/ws/other', withToken)).rejects.toThrow('404')
    await viewClient(port, '/ws/view', { ...withToken, origin: `http://127.0.0.1:${port}` })
  })
})

function orderOf({ uiResources }: ViewClient['frames'][number]): unknown {
  return (uiResources?.[0]?.['status'] as { order?: number } | undefined)?.order
}
