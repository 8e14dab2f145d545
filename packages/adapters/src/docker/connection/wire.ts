import {
  Agent,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http'
import { type Duplex, Readable } from 'node:stream'
import { inspect } from 'node:util'
import type { Clock } from '@tiltts/runtime/ports'
import type { EngineRequest, UpgradeRequest } from '../connection.js'
import type { Env } from './config-folder.js'
import { dial } from './dial.js'
import type { Endpoint } from './dial-target.js'
import { refused, tooLate } from './failure.js'

/** An error message of an engine is not longer than this. */
const ERROR_BYTES = 64 * 1024

/** HTTP to one engine over connections that are kept. Rejects with `docker/refused`, or what the connection said. */
export interface Wire {
  readonly agent: Agent
  /** What the engine is called in HTTP. */
  readonly address: { readonly host: string; readonly port: number }
  request(request: EngineRequest): Promise<IncomingMessage>
  upgrade(request: UpgradeRequest): Promise<Duplex>
  /** Closes the connections that nothing uses. */
  closeIdle(): void
  /** Cuts all. */
  close(): void
}

export function openWire(endpoint: Endpoint, env: Env, clock: Clock): Wire {
  const agent = new Agent({ keepAlive: true })
  agent.createConnection = () => dial(endpoint.dial, env)
  // dockerode writes out the options of every call for its debug log, read or not: with all sockets that hang on the agent
  // that takes tens of milliseconds.
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent' })
  const { dial: to } = endpoint
  const address = to.kind === 'tcp' ? { host: to.host, port: to.port } : { host: 'docker', port: 80 }

  const open = (
    {
      method,
      path,
      headers,
      signal,
      timeoutMs,
    }: Omit<EngineRequest, 'body' | 'headers'> & Pick<UpgradeRequest, 'headers'>,
    more: Readonly<Record<string, string | number>>,
  ): ClientRequest => {
    const all = { ...(headers as OutgoingHttpHeaders), ...more }
    const request = httpRequest({ agent, ...address, method, path, headers: all, ...(signal && { signal }) })
    if (timeoutMs !== undefined) {
      const cancel = clock.timer(timeoutMs, () => request.destroy(tooLate(endpoint, timeoutMs)))
      request.once('response', cancel).once('close', cancel)
    }
    return request
  }

  const once = (asked: EngineRequest): Promise<IncomingMessage> => {
    const { body } = asked
    if (body instanceof Readable) return sendStream(open(asked, { expect: '100-continue' }), body)
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
    const request = open(asked, length)
    request.end(body)
    return answer(request)
  }

  return {
    agent,
    address,
    async request(asked) {
      try {
        return await once(asked)
      } catch (error) {
        // The engine may have closed a kept connection at the moment it was used again.
        if (!isStale(error) || asked.method === 'POST' || asked.body instanceof Readable) throw error
        return await once(asked)
      }
    },
    upgrade({ path, headers, body, protocol = 'tcp', signal }) {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
      const upgrade = { connection: 'Upgrade', upgrade: protocol, ...length }
      const request = open({ method: 'POST', path, headers, signal }, upgrade)
      request.end(body)
      return new Promise((resolve, reject) => {
        request.once('upgrade', (_response, socket, head) => {
          if (head.length > 0) socket.unshift(head)
          resolve(socket)
        })
        answer(request).then((response) => {
          response.destroy()
          reject(refused(response.statusCode ?? 0, `the engine did not open a stream at ${path}`))
        }, reject)
      })
    },
    closeIdle() {
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
    },
    close: () => agent.destroy(),
  }
}

/** Sends nothing of it before the engine wants it: what it refuses is refused before a byte is read. */
function sendStream(request: ClientRequest, body: Readable): Promise<IncomingMessage> {
  request.once('continue', () => body.pipe(request))
  request.flushHeaders()
  body.once('error', (error) => request.destroy(error))
  const done = answer(request)
  const stop = (): void => {
    body.unpipe(request)
    body.destroy()
    // Half a body cannot be followed by another request.
    if (!request.writableFinished) request.destroy()
  }
  done.then(stop, stop)
  return done
}

/** Resolves with an answer below 400, or rejects with what the engine says. */
function answer(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('error', (error) => {
      if (request.reusedSocket) stale.add(error)
      reject(error)
    })
    request.once('response', (response) => {
      const status = response.statusCode ?? 0
      if (status < 400) return resolve(response)
      readAll(response, ERROR_BYTES).then((body) => reject(refused(status, body)), reject)
    })
  })
}

const stale = new WeakSet<Error>()

function isStale(error: unknown): boolean {
  if (!(error instanceof Error) || !stale.has(error) || !('code' in error)) return false
  return error.code === 'ECONNRESET' || error.code === 'EPIPE'
}

/** The body as text. Rejects when the connection breaks. */
export async function readAll(response: Readable, most: number = Number.POSITIVE_INFINITY): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    if (size < most) chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
  }
  return Buffer.concat(chunks).toString('utf8')
}
