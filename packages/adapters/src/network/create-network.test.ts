import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { networkContract } from '@tiltts/runtime/contracts/network'
import type { ProbeAnswer } from '@tiltts/runtime/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { createNetwork } from './create-network.js'

const servers: Server[] = []
const open = async (server: Server, host = '127.0.0.1'): Promise<number> => {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}
const shut = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function') {
      server.closeAllConnections()
    }
  })
const serve = (listener: RequestListener, host?: string): Promise<number> => open(createHttpServer(listener), host)
const closedPort = async (): Promise<number> => {
  const server = createTcpServer()
  const port = await open(server)
  await shut(server)
  return port
}
const close = async (): Promise<void> => {
  await Promise.all(servers.splice(0).map(shut))
}

const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? [])
const loopback = ['127.0.0.1', '::1'].filter((one) => addresses.some(({ address }) => address === one))

networkContract('the network of the machine', async () => ({
  network: createNetwork(),
  serve: (handler) =>
    serve((request, response) => {
      const answer = handler({ path: request.url ?? '', headers: request.headers as Record<string, string> })
      if (!answer) return
      response.writeHead(answer.status, answer.location ? { location: answer.location } : {})
      response.end(answer.body)
    }),
  closedPort,
  elapse: (ms) => wait(ms),
  close,
}))

describe('the network of the machine', () => {
  const network = createNetwork()
  const ask = (url: string): Promise<ProbeAnswer> => network.get({ url, headers: {}, timeoutMs: 2000 })
  const ok: RequestListener = (_request, response) => {
    response.end('fine')
  }
  afterEach(close)

  it.each(loopback)('PRB-02: finds a server that listens on %s only, as localhost', async (host) => {
    const port = await serve(ok, host)
    expect(await ask(`http://localhost:${port}/`)).toEqual({ ok: true, output: 'HTTP 200 OK' })
    expect(await network.connect({ host: 'localhost', port, timeoutMs: 2000 })).toMatchObject({ ok: true })
  })

  it('PRB-02: accepts a certificate that the server signed itself', async () => {
    const port = await open(createHttpsServer({ key, cert }, ok))
    expect(await ask(`https://localhost:${port}/`)).toEqual({ ok: true, output: 'HTTP 200 OK' })
  })

  it('follows a redirect from localhost to 127.0.0.1 on another port, as to the same host', async () => {
    const port = await serve(ok)
    const first = await serve((_request, response) => {
      response.writeHead(301, { location: `http://127.0.0.1:${port}/` }).end()
    })
    expect(await ask(`http://localhost:${first}/`)).toEqual({ ok: true, output: 'HTTP 200 OK' })
  })

  it('keeps no connection open', async () => {
    const server = createHttpServer(ok)
    const port = await open(server)
    for (let turn = 0; turn < 20; turn++) await ask(`http://localhost:${port}/`)
    await network.connect({ host: 'localhost', port, timeoutMs: 2000 })
    await wait(20)
    expect(await new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(0)
  })

  it('answers at the headers of a success whose body never ends', async () => {
    const port = await serve((_request, response) => void response.writeHead(200).write('event: hello'))
    expect(await ask(`http://localhost:${port}/`)).toEqual({ ok: true, output: 'HTTP 200 OK' })
  })

  it('answers a failure whose body never ends with what there is of it, on one line', async () => {
    const port = await serve((_request, response) => void response.writeHead(500).write('stack:\n  at  a.ts\n'))
    expect(await ask(`http://localhost:${port}/`)).toEqual({
      ok: false,
      output: 'HTTP 500 Internal Server Error: stack: at a.ts',
    })
  })

  it('says when a server hangs up, speaks no HTTP, no TLS, or has no address', async () => {
    const hangsUp = await open(createTcpServer((socket) => void socket.destroy()))
    const noHttp = await open(createTcpServer((socket) => void socket.resume().end('220 smtp ready\r\n')))
    const noTls = await serve(ok)
    const outputs = [
      await ask(`http://localhost:${hangsUp}/`),
      await ask(`http://localhost:${noHttp}/`),
      await ask(`https://localhost:${noTls}/`),
      await ask('http://no-such-host.invalid/'),
      await ask('ftp://localhost/'),
      await network.connect({ host: 'localhost', port: 0, timeoutMs: 1000 }),
    ].map((answer) => answer.output)
    expect(outputs).toEqual([
      'the connection was closed before an answer came',
      'the answer is not HTTP',
      'no TLS there: is it http instead of https?',
      'no such host "no-such-host.invalid"',
      'not an http or https URL: "ftp://localhost/"',
      'not a port: 0 (1 to 65535)',
    ])
  })

  it('answers, and does not throw, for a header that cannot be sent', async () => {
    const answer = await network.get({ url: 'http://localhost:1/', headers: { 'bad name': 'x' }, timeoutMs: 1000 })
    expect(answer).toMatchObject({ ok: false, output: expect.stringContaining('cannot ask') })
  })
})

// Made for these tests only: prime256v1, CN=localhost, valid for 100 years.
const cert = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUPOqX3bTKdl0gKg1Ape6e/KKfGN8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA3MDI0NFoYDzIxMjYxMDMw
MDcwMjQ0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASjkyqEy+GAq/Mw+l3zvTkG9/f1hO4B9I2i61oJ+Dd/uV3h1TlRz9IF
d+EGFSbe99VSAZ7Ffddif5wqIYfD7Dt5o1MwUTAdBgNVHQ4EFgQUIUdrnRNm+vQ8
/j6iSW/bG2aYIS4wHwYDVR0jBBgwFoAUIUdrnRNm+vQ8/j6iSW/bG2aYIS4wDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAem63oACWUiqbfVmQ9DUhB
NvrssD1YGLTT37kmqM1mbwIhAIAPIIFjFSgjbp3lgWnS4eBLWIAzzAV5LzAIreBY
CrKQ
-----END CERTIFICATE-----`
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnK/trQ6gjLhdSbfS
kHQW/P34dN5sqZLU3PJHQJATAm2hRANCAASjkyqEy+GAq/Mw+l3zvTkG9/f1hO4B
9I2i61oJ+Dd/uV3h1TlRz9IFd+EGFSbe99VSAZ7Ffddif5wqIYfD7Dt5
-----END PRIVATE KEY-----`
