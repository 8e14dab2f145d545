import { STATUS_CODES } from 'node:http'
import type { Clock } from '../ports/clock.js'
import type { HttpRequest, Network, ProbeAnswer } from '../ports/network.js'

/** A web server of the fake network. */
export type FakeHandler = (request: FakeHttpRequest) => FakeHttpResponse | Promise<FakeHttpResponse>

export interface FakeHttpRequest {
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

export interface FakeHttpResponse {
  readonly status: number
  readonly statusText?: string
  readonly body?: string
  /** Where a 3xx leads to. */
  readonly location?: string
}

export interface FakeNetwork extends Network {
  /** Opens a port; without a handler it answers `200 OK`. Opened again: the new handler takes its place. */
  listen(port: number, handler?: FakeHandler): void
  /** Closes a port: connections are refused from now on. */
  close(port: number): void
}

/**
 * A network in memory, the same for all host names.
 *
 * @example
 * const network = fakeNetwork({ clock })
 * network.listen(8080, () => ({ status: 503, body: 'warming up' }))
 */
export function fakeNetwork(options: { readonly clock: Clock }): FakeNetwork {
  const { clock } = options
  const ports = new Map<number, FakeHandler>()

  /** The answer, unless the time or the signal comes first. */
  const within = (timeoutMs: number, signal: AbortSignal | undefined, work: () => Promise<ProbeAnswer>) =>
    new Promise<ProbeAnswer>((resolve) => {
      const end = (answer: ProbeAnswer): void => {
        cancel()
        signal?.removeEventListener('abort', abort)
        resolve(answer)
      }
      const abort = (): void => end({ ok: false, output: 'canceled' })
      const cancel = clock.timer(timeoutMs, () => end({ ok: false, output: `no answer within ${timeoutMs} ms` }))
      if (signal?.aborted) return abort()
      signal?.addEventListener('abort', abort)
      work().then(end, (error: unknown) => end({ ok: false, output: String(error) }))
    })

  const get = async (request: HttpRequest): Promise<ProbeAnswer> => {
    if (!URL.canParse(request.url)) return { ok: false, output: `not a URL: "${request.url}"` }
    let url = new URL(request.url)
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([key, value]) => [key.toLowerCase(), value]),
    )
    for (let hop = 0; hop <= 10; hop++) {
      const handler = ports.get(Number(url.port || (url.protocol === 'https:' ? 443 : 80)))
      if (!handler) return { ok: false, output: 'connection refused' }
      const response = await handler({ path: `${url.pathname}${url.search}`, headers })
      const line = `HTTP ${response.status} ${response.statusText ?? STATUS_CODES[response.status] ?? ''}`.trim()
      const ok = response.status >= 200 && response.status < 400
      if (!ok) return { ok, output: response.body ? `${line}: ${response.body.slice(0, 200)}` : line }
      if (response.status < 300 || response.location === undefined) return { ok, output: line }
      const next = new URL(response.location, url)
      if (next.hostname !== url.hostname) {
        return { ok, output: line, warning: `redirected to another host: ${next.href}` }
      }
      url = next
    }
    return { ok: false, output: 'stopped after 10 redirects' }
  }

  return {
    listen: (port, handler = () => ({ status: 200 })) => void ports.set(port, handler),
    close: (port) => void ports.delete(port),
    get: (request, signal) => within(request.timeoutMs, signal, () => get(request)),
    connect: ({ host, port, timeoutMs }, signal) =>
      within(timeoutMs, signal, async () =>
        ports.has(port)
          ? { ok: true, output: `connected to ${host}:${port}` }
          : { ok: false, output: 'connection refused' },
      ),
  }
}
