import type { Readable } from 'node:stream'
import type { WebSocket } from 'ws'

/**
 * The API server of the pinned context. All calls share kept-alive connections and credentials; those that have expired
 * are renewed once and the call is made again. Rejects with an InfraError as the port says (`kubernetes/unreachable`,
 * `kubernetes/unauthorized`, `kubernetes/forbidden`, `kubernetes/refused` with a {@link KubernetesRefusal}), and with the
 * reason of the signal when that was aborted.
 */
export interface Transport {
  /** A call that is answered as a whole. */
  request(method: ApiMethod, path: string, options?: ApiRequest): Promise<ApiAnswer>
  /** A call that is answered bit by bit, for as long as it takes. The body has to be read, or the signal aborted. */
  stream(method: ApiMethod, path: string, options?: ApiRequest): Promise<ApiStream>
  /** An open connection; `protocol` of it says which of the subprotocols the server has chosen. Abort ends it. */
  websocket(path: string, query: ApiQuery, subprotocols: readonly string[], signal: AbortSignal): Promise<WebSocket>
}

export type ApiMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** Several values are sent one after another under the same name. */
export type ApiQuery = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface ApiRequest {
  readonly query?: ApiQuery | undefined
  /** Sent as JSON. */
  readonly body?: unknown
  /** @default 'application/json' where there is a body */
  readonly contentType?: string | undefined
  /** @default 'application/json' */
  readonly accept?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Until all of the answer is there; of a stream, until it begins. @default 30 seconds */
  readonly timeoutMs?: number | undefined
}

export interface ApiAnswer {
  readonly status: number
  /** JSON as it is, everything else as text. */
  readonly body: unknown
  /** What the server warns of: an API that goes away, a field that it does not know. */
  readonly warnings: readonly string[]
  /** Of the body. */
  readonly bytes: number
}

export interface ApiStream {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Its errors are those of the network: see `failure`. */
  readonly body: Readable
  /** What an error of the body means: the reason of the signal, or an InfraError. */
  failure(error: unknown): unknown
}
