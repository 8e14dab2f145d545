import { setMaxListeners } from 'node:events'
import type { Readable } from 'node:stream'
import type { Clock, Processes } from '@tiltts/runtime/ports'
import { InfraError } from '@tiltts/spec'
import type { Dispatcher } from 'undici'
import type { WebSocket } from 'ws'
import type { ApiAnswer, ApiMethod, ApiQuery, ApiRequest, ApiStream, Transport } from '../transport.js'
import type { Credentials } from './credential-options.js'
import { bearerOf, createCredentials } from './credentials.js'
import { createDispatchers } from './dispatchers.js'
import { networkFailure, refused, type ServerName, unreachable } from './failure.js'
import type { PinnedContext } from './pinned-context.js'
import { proxyFor } from './proxy/proxy-for.js'
import { queryString } from './query.js'
import { readText } from './read-text.js'
import { connectionTls } from './tls.js'
import { warningsIn } from './warnings.js'
import { openWebsocket } from './websocket.js'
import { within } from './within.js'

export interface HttpTransportOptions {
  readonly pinned: PinnedContext
  readonly processes: Processes
  readonly env: Readonly<Record<string, string>>
  readonly clock: Clock
}

export interface HttpTransport extends Transport {
  /** The token that calls bring along, if they do. */
  token(): Promise<string | undefined>
  /** Cuts what is still open. */
  close(): Promise<void>
}

type CallBounds = Pick<ApiRequest, 'signal' | 'timeoutMs'>

const ANSWER_MS = 30_000

export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const { pinned, clock } = options
  const server = String(pinned.cluster['server'] ?? 'http://localhost:8080').replace(/\/+$/, '')
  const where: ServerName = { server, context: pinned.context.name }
  const proxy = proxyFor(new URL(server), pinned.cluster, options.env)
  const source = createCredentials(options)
  const dispatchers = createDispatchers(proxy)
  const closing = new AbortController()
  // Each request and each stream listens, and a session has many.
  setMaxListeners(0, closing.signal)
  const tlsOf = connectionTls(pinned.cluster)

  /** Once more, with credentials that were read anew, when the first ones were refused. */
  const authorized = async <T>(bounds: CallBounds, act: (credentials: Credentials) => Promise<T>): Promise<T> => {
    const first = await credentials(bounds)
    try {
      return await act(first)
    } catch (error) {
      if (!isUnauthorized(error)) throw error
      source.refused(first)
      const second = await credentials(bounds)
      try {
        return await act(second)
      } catch (again) {
        if (isUnauthorized(again)) source.refusedAgain(second, again)
        throw again
      }
    }
  }
  const credentials = async ({ timeoutMs = ANSWER_MS, signal }: CallBounds = {}): Promise<Credentials> =>
    source.held() ??
    within({ clock, timeoutMs, tooLate: noCredentials, signals: [signal, closing.signal] }, source.current)
  const tooLate = (ms: number): InfraError => {
    dispatchers.renew()
    return unreachable(where, `no answer within ${ms / 1000} s`)
  }

  const dispatch = async (
    use: 'request' | 'stream',
    method: ApiMethod,
    path: string,
    request: ApiRequest,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> => {
    const dispatcher = await dispatchers.get(await tlsOf(credentials), use)
    const body = request.body === undefined ? null : JSON.stringify(request.body)
    const send = (): Promise<Dispatcher.ResponseData> =>
      dispatcher.request({
        origin: new URL(server).origin,
        path: `${new URL(server).pathname.replace(/\/$/, '')}${path}${queryString(request.query)}`,
        method,
        headers: {
          ...credentials.headers,
          accept: request.accept ?? 'application/json',
          'user-agent': 'tiltts',
          ...(body === null ? {} : { 'content-type': request.contentType ?? 'application/json' }),
        },
        body,
        signal,
        headersTimeout: 0,
        bodyTimeout: 0,
      })
    try {
      return await send()
    } catch (error) {
      // A kept connection that the server has closed in this very moment. What is repeated changes nothing more.
      if (signal.aborted || method === 'POST' || !isCut(error)) throw error
      return await send()
    }
  }

  const ask = <T>(
    use: 'request' | 'stream',
    method: ApiMethod,
    path: string,
    request: ApiRequest,
    read: (response: Dispatcher.ResponseData, signal: AbortSignal) => Promise<T>,
  ): Promise<T> =>
    authorized(request, (credentials) =>
      within(
        { clock, tooLate, timeoutMs: request.timeoutMs ?? ANSWER_MS, signals: [request.signal, closing.signal] },
        async (signal) => {
          try {
            const response = await dispatch(use, method, path, request, credentials, signal)
            if (response.statusCode >= 400) {
              throw refused(response.statusCode, (await readText(response.body, response.headers)).body, where)
            }
            return await read(response, signal)
          } catch (error) {
            throw networkFailure(error, where, signal)
          }
        },
      ),
    )

  return {
    request: (method, path, request = {}) =>
      ask('request', method, path, request, async ({ statusCode, headers, body }): Promise<ApiAnswer> => {
        const read = await readText(body, headers)
        return { status: statusCode, warnings: warningsIn(headers['warning']), ...read }
      }),
    stream: (method, path, request = {}) =>
      ask('stream', method, path, request, async ({ statusCode, headers, body }): Promise<ApiStream> => {
        const readable: Readable = body
        const cut = (): void =>
          void readable.destroy(asError(request.signal?.aborted ? request.signal.reason : closing.signal.reason))
        const ends = [request.signal, closing.signal].filter((signal) => signal !== undefined)
        for (const signal of ends) signal.addEventListener('abort', cut, { once: true })
        readable.once('close', () => {
          for (const signal of ends) signal.removeEventListener('abort', cut)
        })
        // Nobody may be reading when it breaks.
        readable.on('error', () => {})
        if (ends.some((signal) => signal.aborted)) cut()
        return {
          status: statusCode,
          headers,
          body: readable,
          failure: (error) =>
            networkFailure(
              error,
              where,
              ends.find((signal) => signal.aborted),
            ),
        }
      }),
    websocket: (
      path: string,
      query: ApiQuery,
      subprotocols: readonly string[],
      signal: AbortSignal,
    ): Promise<WebSocket> =>
      authorized({ signal }, async (credentials) =>
        openWebsocket({
          url: `${server}${path}${queryString(query)}`.replace(/^http/, 'ws'),
          headers: credentials.headers,
          tls: await tlsOf(credentials),
          proxy,
          subprotocols,
          signal: AbortSignal.any([signal, closing.signal]),
          timeoutMs: ANSWER_MS,
          where,
        }),
      ),
    token: async () => bearerOf(await credentials()),
    async close() {
      closing.abort(new InfraError('kubernetes/unreachable', 'kubernetes', 'the session has ended'))
      await dispatchers.close()
    },
  }
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof InfraError && error.code === 'kubernetes/unauthorized'
}

/** What gives them goes on, so that a later call may have them. */
function noCredentials(ms: number): InfraError {
  const message = `there have been no credentials for ${ms / 1000} s: what the kubeconfig names for them may wait for a login, in the browser say`
  return new InfraError('kubernetes/unauthorized', 'kubernetes', message, { retry: true })
}

function isCut(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
