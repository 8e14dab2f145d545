import { afterEach, expect, it } from 'vitest'
import { type StandInServer, standInServer, status } from './testing/stand-in-server.js'

const open: StandInServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})
async function ready(): Promise<StandInServer> {
  const server = await standInServer()
  open.push(server)
  server.json('GET /version', { gitVersion: 'v1.34.4' })
  server.on('GET /readyz', (_call, response) => void response.writeHead(200).end('ok'))
  server.json('GET /api/v1/namespaces/kube-system', { metadata: { name: 'kube-system', uid: 'u-1' } })
  return server
}
const forbidden = status(
  403,
  'Forbidden',
  'nodes is forbidden: User "dev" cannot list resource "nodes" in API group ""',
)

it('CLU-03: reads architecture and runtime from the first node', async () => {
  const server = await ready()
  const nodeInfo = { architecture: 'arm64', containerRuntimeVersion: 'docker://26.1' }
  server.json('GET /api/v1/nodes', { items: [{ metadata: { annotations: { a: 'b' } }, status: { nodeInfo } }] })
  expect(await (await server.client()).info()).toEqual({
    uid: 'u-1',
    version: 'v1.34.4',
    arch: 'arm64',
    runtime: 'docker',
    nodeAnnotations: { a: 'b' },
  })
})

it('CLU-03: does without nodes and namespaces that may not be read', async () => {
  const server = await ready()
  server.json('GET /api/v1/nodes', forbidden, 403)
  server.json('GET /api/v1/namespaces/kube-system', forbidden, 403)
  const info = await (await server.client()).info()
  expect(info).toEqual({ uid: '', version: 'v1.34.4', arch: undefined, runtime: undefined, nodeAnnotations: {} })
})

it('takes a server that is not ready for one that does not answer, and says what is missing', async () => {
  const server = await ready()
  server.json('GET /api/v1/nodes', { items: [] })
  server.on(
    'GET /readyz',
    (_call, response) => void response.writeHead(500).end('[+]ping ok\n[-]etcd failed\nreadyz check failed'),
  )
  const asking = (await server.client()).info()
  await expect(asking).rejects.toMatchObject({ code: 'kubernetes/unreachable', retry: true })
  await expect(asking).rejects.toThrow('the API server is not ready: [-]etcd failed')
})
