import { afterEach, describe, expect, it } from 'vitest'
import { certificate, key } from '../../../docker/testing/certificate.js'
import { type ConnectProxy, connectProxy } from '../../testing/connect-proxy.js'
import { socksProxy } from '../../testing/socks-proxy.js'
import { type StandInServer, sendJson, standInServer } from '../../testing/stand-in-server.js'

const never = new AbortController().signal
const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'x' }
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})
const held = <T extends { close(): Promise<void> }>(one: T): T => {
  open.push(one)
  return one
}

/** A server behind TLS that this machine cannot find by its name, but the proxy can. */
async function hidden(): Promise<{ server: StandInServer; names: Record<string, string>; cluster: object }> {
  const server = held(await standInServer({ tls: { cert: certificate, key } }))
  server.on('GET /api/v1/namespaces/shop/configmaps/x', (_call, response) =>
    sendJson(response, { metadata: { name: 'x' } }),
  )
  const cluster = {
    server: 'https://cluster.test:6443',
    'certificate-authority-data': Buffer.from(certificate).toString('base64'),
    'tls-server-name': 'localhost',
  }
  return { server, names: { 'cluster.test:6443': new URL(server.url).host }, cluster }
}
const kinds = [
  ['HTTP', connectProxy],
  ['SOCKS', socksProxy],
] as const

describe.each(kinds)('an %s proxy', (_kind, start) => {
  const get = async ({ server, cluster }: Awaited<ReturnType<typeof hidden>>, url: string): Promise<unknown> => {
    const client = await server.client()
    await server.kubeconfig({}, { ...cluster, 'proxy-url': url })
    return client.get(ref, never)
  }

  it('looks the name of the server up, and sees nothing but secure connections to it', async () => {
    const behind = await hidden()
    const proxy: ConnectProxy = held(await start({ names: behind.names }))
    expect(await get(behind, proxy.url)).toMatchObject({ metadata: { name: 'x' } })
    expect(new Set(proxy.asked)).toEqual(new Set(['cluster.test:6443']))
  })

  it('gets user and password of its URL', async () => {
    const behind = await hidden()
    const proxy = held(await start({ names: behind.names, login: 'me:p@ss' }))
    expect(await get(behind, proxy.url.replace('://', '://me:p%40ss@'))).toBeDefined()
    await expect(get(behind, proxy.url)).rejects.toThrow(
      /^the Kubernetes cluster at https:\/\/cluster\.test:6443 .* does not answer: the kubeconfig's proxy-url \S+:\/\/127\.0\.0\.1:\d+: .*put user:password@ in front of its host$/,
    )
    const wrong = get(behind, proxy.url.replace('://', '://me:wrong@'))
    await expect(wrong).rejects.toMatchObject({ code: 'kubernetes/unreachable', retry: true })
    await expect(wrong).rejects.not.toThrow(/wrong/)
  })

  it('is named where it cannot reach the server, and where nothing answers in its place', async () => {
    const behind = await hidden()
    const proxy = held(await start({ names: { 'cluster.test:6443': '127.0.0.1:1' } }))
    await expect(get(behind, proxy.url)).rejects.toThrow(/the kubeconfig's proxy-url .*cluster\.test:6443/)
    await proxy.close()
    await expect(get(behind, proxy.url)).rejects.toThrow(/proxy-url \S+127\.0\.0\.1:\d+: connection refused/)
  })

  it('keeps no connection when the session ends', async () => {
    const behind = await hidden()
    const proxy = held(await start({ names: behind.names }))
    const client = await behind.server.client()
    await behind.server.kubeconfig({}, { ...behind.cluster, 'proxy-url': proxy.url })
    await client.get(ref, never)
    expect(proxy.open()).toBeGreaterThan(0)
    await client.close()
    await expect.poll(proxy.open).toBe(0)
  })
})

it('says that another kind of proxy is not possible', async () => {
  const { server, cluster } = await hidden()
  const client = await server.client()
  await server.kubeconfig({}, { ...cluster, 'proxy-url': 'ftp://127.0.0.1:1' })
  await expect(client.get(ref, never)).rejects.toThrow(/only http:\/\/, https:\/\/ and socks5:\/\/ are possible/)
})
