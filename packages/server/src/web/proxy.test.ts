import { beforeEach, expect, it } from 'vitest'
import { group, type TestServer, testServer } from '../testing/test-server.js'

let server: TestServer
const buttons = `/proxy${group}/uibuttons`
const button = {
  apiVersion: 'tilt.dev/v1alpha1',
  kind: 'UIButton',
  metadata: { name: 'seed' },
  spec: { text: 'Seed', location: { componentType: 'Global', componentID: 'nav' } },
}

beforeEach(async () => {
  server = await testServer()
})

it('API-70: buttons are made, read and clicked through the proxy, as a page of Tilt does', async () => {
  expect(await server.call('POST', buttons, button)).toMatchObject({ status: 201 })
  const { body } = await server.call('GET', `${buttons}/seed`)
  const clicked = { ...(body as object), status: { lastClickedAt: '2026-01-02T03:04:05.000000Z', inputs: [] } }
  expect(await server.call('PUT', `${buttons}/seed/status`, clicked)).toMatchObject({ status: 200 })
  expect(server.store.get('UIButton', 'seed')?.status.lastClickedAt).toBe('2026-01-02T03:04:05.000000Z')
  expect(await server.call('PUT', `${buttons}/seed/status`, clicked)).toMatchObject({ status: 409 })
})

it('API-70: other kinds are refused there, and so is who has no token', async () => {
  for (const path of ['configmaps', 'cmds/x', 'uibuttonsx', 'watch/cmds'])
    expect(await server.call('GET', `/proxy${group}/${path}`)).toMatchObject({ status: 403 })
  expect(await server.call('GET', '/proxy/api/view')).toMatchObject({ status: 403 })
  expect(await server.call('GET', buttons, undefined, { 'x-tilt-token': '' })).toMatchObject({ status: 403 })
})
