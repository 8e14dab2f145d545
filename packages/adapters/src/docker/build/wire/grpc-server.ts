import {
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Duplex } from 'node:stream'
import { grpcFrame, grpcMessages } from './grpc-frames.js'

/** What a call can end with, beside 0 for all is well. */
export const grpcStatus = { unknown: 2, notFound: 5, unimplemented: 12 } as const

/** A method's answer that is no success; the caller gets its status and message. */
export class GrpcError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** A call of a method by the other side. */
export interface GrpcCall {
  /** All values that a header has. */
  header(name: string): readonly string[]
  readonly messages: AsyncIterable<Buffer>
  /** Sends bytes that are framed already. Resolves when they have left, so that the buffer may be used again. */
  write(frames: Uint8Array): Promise<void>
  /** Aborts when the other side hangs up. */
  readonly signal: AbortSignal
}

export type GrpcMethod = (call: GrpcCall) => Promise<void>

/** By path: `/grpc.health.v1.Health/Check`. */
export type GrpcMethods = Readonly<Record<string, GrpcMethod>>

export interface GrpcServer {
  /** Resolves when the connection is gone, whoever closed it. */
  readonly closed: Promise<void>
  close(): void
}

/** A method with one message in and one out. */
export function unary(answer: (message: Buffer, call: GrpcCall) => Promise<Buffer> | Buffer): GrpcMethod {
  return async (call) => {
    for await (const message of call.messages) {
      await call.write(grpcFrame(await answer(message, call)))
      return
    }
    throw new GrpcError(grpcStatus.unknown, 'the call has no message')
  }
}

/** Serves gRPC on a connection that the other side has opened by an upgrade to HTTP/2. */
export function serveGrpc(connection: Duplex, methods: GrpcMethods): GrpcServer {
  // Each value of a list comes as a header of its own.
  const options = { maxHeaderListPairs: 100_000, settings: { maxHeaderListSize: 8 * 1024 * 1024 } }
  const session: ServerHttp2Session = performServerHandshake(connection, options)
  session.on(
    'stream',
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders?: string[]) => {
      const path = String(headers[constants.HTTP2_HEADER_PATH] ?? '')
      void serve(stream, methods[path], path, rawHeaders ?? [])
    },
  )
  // A connection that breaks is seen by its end.
  session.on('error', () => {})
  connection.on('error', () => {})
  const closed = new Promise<void>((resolve) => session.once('close', resolve))
  return {
    closed,
    close() {
      session.destroy()
      connection.destroy()
    },
  }
}

async function serve(
  stream: ServerHttp2Stream,
  method: GrpcMethod | undefined,
  path: string,
  rawHeaders: readonly string[],
): Promise<void> {
  let end = { status: 0, message: '' }
  const gone = new AbortController()
  stream.on('error', () => {})
  stream.once('close', () => gone.abort(new Error('the builder hung up')))
  stream.once('wantTrailers', () => {
    stream.sendTrailers({ 'grpc-status': String(end.status), 'grpc-message': encodeURIComponent(end.message) })
  })
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  try {
    if (method === undefined) throw new GrpcError(grpcStatus.unimplemented, `no method ${path}`)
    await method({
      header: (name) => rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1] === name),
      // Who has read enough still has to answer.
      messages: grpcMessages(stream.iterator({ destroyOnReturn: false })),
      write: (frames) => write(stream, frames),
      signal: gone.signal,
    })
  } catch (error) {
    const status = error instanceof GrpcError ? error.status : grpcStatus.unknown
    end = { status, message: error instanceof Error ? error.message : String(error) }
  }
  if (stream.destroyed) return
  stream.end()
  stream.resume()
}

function write(stream: ServerHttp2Stream, frames: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(frames, (error) => (error ? reject(error) : resolve()))
  })
}
