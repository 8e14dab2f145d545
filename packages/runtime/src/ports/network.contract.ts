import { afterEach, describe, expect, it } from 'vitest'
import type { HttpRequest, Network } from './network.js'

export interface ServedRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface ServedResponse {
  readonly status: number
  readonly body?: string
  readonly location?: string
}

export interface NetworkHarness {
  readonly network: Network
  /** Opens an HTTP server on a free port of this machine. A handler that returns nothing never answers. */
  readonly serve: (handler: (request: ServedRequest) => ServedResponse | undefined) => Promise<number>
  /** A port where nothing listens. */
  readonly closedPort: () => Promise<number>
  /** Lets so much time pass. */
  readonly elapse: (ms: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** What every network does. */
export function networkContract(name: string, make: () => Promise<NetworkHarness>): void {
  const open: NetworkHarness[] = []
  const start = async (): Promise<NetworkHarness> => {
    const harness = await make()
    open.push(harness)
    return harness
  }
  const ask = (port: number, path = '/'): HttpRequest => ({
    url: `http://localhost:${port}${path}`,
    headers: {},
    timeoutMs: 2000,
  })

  describe(`${name} as a network`, () => {
    afterEach(async () => {
      await Promise.all(open.splice(0).map((harness) => harness.close()))
    })

    it.each([200, 204, 304, 399])('LOC-12: takes HTTP status %i as success', async (status) => {
      const { network, serve } = await start()
      const port = await serve(() => ({ status }))
      const answer = await network.get(ask(port))
      expect(answer.ok).toBe(true)
      expect(answer.output).toMatch(new RegExp(`^HTTP ${status}`))
    })

    it.each([400, 404, 500, 503])('LOC-12: takes HTTP status %i as failure', async (status) => {
      const { network, serve } = await start()
      const port = await serve(() => ({ status }))
      expect((await network.get(ask(port))).ok).toBe(false)
    })

    it('says the status and the first 200 characters of the body of a failure', async () => {
      const { network, serve } = await start()
      const port = await serve(() => ({ status: 503, body: `warming up ${'x'.repeat(5000)}` }))
      const answer = await network.get(ask(port))
      expect(answer.output).toBe(`HTTP 503 Service Unavailable: warming up ${'x'.repeat(189)}`)
    })

    it('PRB-02: sends the path with its query, and the headers asked for', async () => {
      const { network, serve } = await start()
      const seen: ServedRequest[] = []
      const port = await serve((request) => {
        seen.push(request)
        return { status: 200 }
      })
      await network.get({ ...ask(port, '/healthz?full=1'), headers: { 'X-Probe': 'yes' } })
      expect(seen[0]?.path).toBe('/healthz?full=1')
      expect(seen[0]?.headers).toMatchObject({ 'x-probe': 'yes' })
    })

    it('follows a redirect to the same host', async () => {
      const { network, serve } = await start()
      const port = await serve(({ path }) => (path === '/' ? { status: 302, location: '/login' } : { status: 503 }))
      expect(await network.get(ask(port))).toMatchObject({ ok: false, output: 'HTTP 503 Service Unavailable' })
    })

    it('LOC-12: takes a redirect to another host as success with a warning, and does not follow it', async () => {
      const { network, serve } = await start()
      const port = await serve(() => ({ status: 302, location: 'http://other.example/login' }))
      const answer = await network.get(ask(port))
      expect(answer).toMatchObject({ ok: true, output: 'HTTP 302 Found' })
      expect(answer.warning).toBe('redirected to another host: http://other.example/login')
    })

    it('gives up on redirects without end', async () => {
      const { network, serve } = await start()
      const port = await serve(() => ({ status: 302, location: '/' }))
      expect(await network.get(ask(port))).toEqual({ ok: false, output: 'stopped after 10 redirects' })
    })

    it('says that a connection was refused', async () => {
      const { network, closedPort } = await start()
      const port = await closedPort()
      expect(await network.get(ask(port))).toEqual({ ok: false, output: 'connection refused' })
      expect(await network.connect({ host: 'localhost', port, timeoutMs: 2000 })).toEqual({
        ok: false,
        output: 'connection refused',
      })
    })

    it('gives up when no answer comes in time', async () => {
      const { network, serve, elapse } = await start()
      const port = await serve(() => undefined)
      const answer = network.get({ ...ask(port), timeoutMs: 50 })
      await elapse(60)
      expect(await answer).toEqual({ ok: false, output: 'no answer within 50 ms' })
    })

    it('ends at once when the signal is aborted', async () => {
      const { network, serve } = await start()
      const port = await serve(() => undefined)
      const controller = new AbortController()
      const answer = network.get(ask(port), controller.signal)
      controller.abort()
      expect(await answer).toEqual({ ok: false, output: 'canceled' })
      expect(await network.get(ask(port), controller.signal)).toEqual({ ok: false, output: 'canceled' })
    })

    it('PRB-02: connects to an open port', async () => {
      const { network, serve } = await start()
      const port = await serve(() => ({ status: 200 }))
      expect(await network.connect({ host: 'localhost', port, timeoutMs: 2000 })).toEqual({
        ok: true,
        output: `connected to localhost:${port}`,
      })
    })

    it('answers, and does not throw, for what is no URL', async () => {
      const { network } = await start()
      const answer = await network.get({ url: 'http://localhost:99999/', headers: {}, timeoutMs: 100 })
      expect(answer).toEqual({ ok: false, output: 'not a URL: "http://localhost:99999/"' })
    })
  })
}
