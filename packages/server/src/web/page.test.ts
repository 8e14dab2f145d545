import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { beforeEach, describe, expect, it } from 'vitest'
import { putRow } from '../testing/rows.js'
import { type Reply, type TestServer, testServer, token } from '../testing/test-server.js'

let server: TestServer
beforeEach(async () => {
  server = await testServer()
})

const anonymous = { host: 'localhost', 'x-tilt-token': '' }
/** As a browser whose user typed the address, unless the headers say otherwise. */
async function visit(path = '/', headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  return server.call('GET', path, undefined, { ...anonymous, 'sec-fetch-site': 'none', ...headers })
}
const cookie = (reply: Reply): string => String(reply.headers['set-cookie'] ?? '')

describe('the page', () => {
  it('API-61: gives the cookie to a browser here whose user, or the page itself, asks for it', async () => {
    for (const site of ['none', 'same-origin']) {
      const reply = await visit('/', { 'sec-fetch-site': site })
      expect(reply.status).toBe(200)
      expect(cookie(reply)).toBe(`Tilt-Token=${token}; Path=/; HttpOnly; SameSite=Strict`)
    }
    for (const host of ['127.0.0.1:1', '[::1]:80', 'LOCALHOST']) expect(cookie(await visit('/', { host }))).not.toBe('')
  })

  it('API-61: asks all others for the token: links of other sites, requests that do not say, other hosts', async () => {
    for (const site of ['cross-site', 'same-site', '']) {
      const reply = await visit('/', { 'sec-fetch-site': site })
      expect(reply.status).toBe(403)
      expect(cookie(reply)).toBe('')
      expect(reply.body).toContain('<form method="post" action="/">')
      expect(JSON.stringify(reply)).not.toContain(token)
    }
    const rebound = await visit('/', { host: 'evil.example' })
    expect(rebound.status).toBe(403)
    expect(cookie(rebound)).toBe('')
  })

  it('API-60: knows who has the cookie', async () => {
    const reply = await server.call('GET', '/', undefined, {
      'x-tilt-token': token,
      'sec-fetch-site': 'cross-site',
    })
    expect(reply.status).toBe(200)
    expect(cookie(reply)).toBe('')
    expect(await server.call('GET', '/api/view', undefined, { cookie: `Tilt-Token=${token}` })).toMatchObject({
      status: 200,
    })
  })

  it('lets in by an address with the token, which does not stay there, and by its form', async () => {
    const byLink = await visit(`/?token=${token}`, { 'sec-fetch-site': 'cross-site' })
    expect(byLink).toMatchObject({ status: 303, headers: { location: '/' } })
    expect(cookie(byLink)).toContain(token)
    const form = { ...anonymous, 'content-type': 'application/x-www-form-urlencoded' }
    const byForm = await server.call('POST', '/', `token=${token}`, form)
    expect(byForm).toMatchObject({ status: 303, headers: { location: '/' } })
    for (const reply of [await visit('/?token=wrong'), await server.call('POST', '/', 'token=wrong', form)]) {
      expect(reply.status).toBe(403)
      expect(cookie(reply)).toBe('')
      expect(reply.body).toContain('not the token')
    }
    expect(await server.call('POST', '/', `token=${'x'.repeat(10_000)}`, form)).toMatchObject({ status: 413 })
  })

  it('lists the resources, and takes nothing of them for markup or for a script', async () => {
    putRow(server.store, '<b>api</b>', {
      summary: '"quoted" & more',
      runtimeStatus: 'not_applicable',
      endpointLinks: [
        { url: 'http://localhost:8000/', name: 'app' },
        { url: 'javascript:alert(1)', name: 'bad' },
      ],
    })
    const { body, headers } = await visit()
    expect(body).toContain('&lt;b&gt;api&lt;/b&gt;')
    expect(body).toContain('&quot;quoted&quot; &amp; more')
    expect(body).toContain('not applicable')
    expect(body).toContain('<a href="http://localhost:8000/" rel="noreferrer">app</a>')
    expect(body).not.toContain('javascript:')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['cache-control']).toBe('no-store')
  })
})

describe('a server that listens to the network', () => {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((found) => found?.family === 'IPv4' && !found.internal)?.address

  it.skipIf(address === undefined)(
    'asks peers from elsewhere for the token, whatever they call themselves',
    async () => {
      const { server } = await testServer({ host: '0.0.0.0' })
      const get = (headers: Record<string, string>): Promise<{ status: number; cookie: string }> =>
        new Promise((resolve, reject) => {
          const options = { host: address, localAddress: address, port: server.port, path: '/', headers }
          const outgoing = request(options, (answer) => {
            answer.resume()
            resolve({ status: answer.statusCode ?? 0, cookie: String(answer.headers['set-cookie'] ?? '') })
          })
          outgoing.on('error', reject)
          outgoing.end()
        })
      expect(await get({ 'sec-fetch-site': 'none' })).toEqual({ status: 403, cookie: '' })
      expect(await get({ 'sec-fetch-site': 'none', host: 'localhost' })).toEqual({ status: 403, cookie: '' })
      expect(await get({ 'x-tilt-token': token })).toEqual({ status: 200, cookie: '' })
      expect(await get({ 'x-tilt-token': token, host: 'evil.example' })).toEqual({ status: 403, cookie: '' })
    },
  )
})
