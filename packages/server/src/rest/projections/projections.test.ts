import { beforeEach, expect, it } from 'vitest'
import { group, type TestServer, testServer } from '../../testing/test-server.js'
import { clientName } from '../shapes/client-name.js'
import { pod, putShop } from '../shapes/wire-form.test.support.js'

let api: TestServer
beforeEach(async () => {
  api = await testServer()
})

it('API-21: kinds have the plurals and short names of Tilt', async () => {
  const { body } = await api.call('GET', group)
  const { resources } = body as {
    resources: { name: string; kind: string; singularName: string; shortNames?: string[] }[]
  }
  const rows = resources.filter(({ name }) => !name.includes('/'))
  const known = Object.fromEntries(rows.map(({ name, shortNames = [] }) => [name, shortNames]))
  expect(known).toMatchObject({
    cmds: [],
    cmdimages: [],
    configmaps: ['cm'],
    clusters: [],
    dockercomposelogstreams: ['dclog', 'dcls'],
    dockercomposeservices: ['dc'],
    dockerimages: [],
    filewatches: ['fw'],
    imagemaps: ['im'],
    kubernetesapplys: ['ka', 'kapp'],
    kubernetesdiscoveries: ['kd', 'kdisco'],
    liveupdates: [],
    podlogstreams: ['pls'],
    portforwards: ['pf'],
    sessions: [],
    tiltfiles: [],
    uiresources: [],
    uisessions: [],
  })
  for (const { kind, singularName } of rows) expect(singularName).toBe(kind.toLowerCase())
})

it('API-12: names are such as can stand in a URL, and one that is too long ends in a hash', () => {
  expect(clientName('web:shop/api%1')).toBe('web:shop_api_1')
  expect(clientName('..')).toBe('__')
  const long = 'x'.repeat(300)
  expect(clientName(long)).toMatch(/^x{244}-[0-9a-f]{8}$/)
  expect(clientName(`${long}y`)).not.toBe(clientName(long))
})

it('API-12: versions are counted over the whole server, those of projections too', async () => {
  putShop(api.store)
  const of = async (path: string): Promise<string> =>
    ((await api.call('GET', `${group}/${path}`)).body as { metadata: { resourceVersion: string } }).metadata
      .resourceVersion
  const before = Number(await of('imagemaps/shop_web'))
  api.store.update({ by: 'test' }, (tx) => tx.put('ConfigMap', 'other', { data: {} }, {}))
  api.store.update({ by: 'test' }, (tx) => tx.status('Image', 'shop_web', (status) => ({ ...status, error: 'x' })))
  expect(Number(await of('imagemaps/shop_web'))).toBe(before + 2)
  expect(Number(await of('imagemaps'))).toBe(before + 2)
})

it('objects that are read off others cannot be written', async () => {
  putShop(api.store)
  const body = { apiVersion: 'tilt.dev/v1alpha1', kind: 'ImageMap', metadata: { name: 'x' }, spec: { selector: 'x' } }
  expect((await api.call('POST', `${group}/imagemaps`, body)).status).toBe(405)
  const merge = { 'content-type': 'application/merge-patch+json' }
  expect((await api.call('PATCH', `${group}/imagemaps/shop_web`, { spec: {} }, merge)).status).toBe(405)
  expect((await api.call('DELETE', `${group}/imagemaps/shop_web`)).status).toBe(405)
})

it('a watch tells of what has come, changed and gone, and of nothing else', async () => {
  putShop(api.store)
  const stream = api.stream(`${group}/podlogstreams?watch=1`)
  await stream.until(1)
  const change = (pods: readonly (typeof pod)[]): void =>
    void api.store.update({ by: 'test' }, (tx) =>
      tx.status('KubernetesDiscovery', 'web', (status) => ({ ...status, pods })),
    )
  const second = { ...pod, name: 'web-2', uid: 'pod-2' }
  change([pod, second])
  await stream.until(2)
  change([pod, { ...second, labels: { app: 'other' } }])
  change([{ ...pod, containers: pod.containers.slice(0, 1) }])
  const lines = await stream.until(4)
  const events = lines.map((line) => JSON.parse(line) as { type: string; object: { metadata: { name: string } } })
  expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
    'ADDED web-shop-web-1',
    'ADDED web-shop-web-2',
    'DELETED web-shop-web-2',
    'MODIFIED web-shop-web-1',
  ])
})

it('a watch of one tells of that one alone', async () => {
  putShop(api.store)
  const stream = api.stream(`${group}/podlogstreams?watch=1&fieldSelector=metadata.name%3Dweb-shop-web-2`)
  const second = { ...pod, name: 'web-2', uid: 'pod-2' }
  api.store.update({ by: 'test' }, (tx) =>
    tx.status('KubernetesDiscovery', 'web', (status) => ({ ...status, pods: [pod, second] })),
  )
  const [line = ''] = await stream.until(1)
  expect(JSON.parse(line)).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'web-shop-web-2' } } })
})
