import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Docker } from '@tiltts/runtime/ports'
import { systemClock } from '../../clock/index.js'
import { createProcesses } from '../../processes/index.js'
import { assembleDocker, type DockerOptions } from '../assemble-docker.js'
import { createConnector } from '../connection/connect.js'
import type { Connect } from '../connection.js'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** An engine that does what a test wants, for faults that no real one makes on demand. */
export interface StandInEngine {
  readonly docker: Docker
  /** A way to it of its own. */
  readonly connect: Connect
  readonly folder: string
  readonly host: string
  /** `GET /containers/x/json`, without version and query, as they came. */
  readonly asked: readonly string[]
  /** Answers a call, by method and path as in {@link asked}. */
  on(call: string, handler: Handler): void
  /** Answers a call with JSON. */
  json(call: string, value: unknown, status?: number): void
  /** Cuts all connections and listens no more, until `start`. */
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

const version = { Version: '26.1.5', ApiVersion: '1.45', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' }

export async function standInEngine(options: Partial<DockerOptions> = {}): Promise<StandInEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-engine-'))
  const socket = join(folder, 'docker.sock')
  const host = `unix://${socket}`
  const handlers = new Map<string, Handler>()
  const asked: string[] = []
  const processes = createProcesses({ sessionId: folder, stateFolder: join(folder, 'state'), reaper: false })
  const builder = { build: () => Promise.reject(new Error('nothing is built here')), describe: async () => 'none' }
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, DOCKER_HOST: host }
  const docker = assembleDocker({ processes, env, ...options }, () => builder)
  const connector = createConnector({ processes, env, ...options, clock: options.clock ?? systemClock() })
  let server: Server | undefined

  const answer: Handler = (request, response) => {
    const path = (request.url ?? '').replace(/^\/v\d+\.\d+/, '').replace(/\?.*$/, '')
    const call = `${request.method} ${path}`
    asked.push(call)
    const handler = handlers.get(call)
    if (handler) return handler(request, response)
    request.resume()
    response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ message: `no ${call} here` }))
  }
  const json = (call: string, value: unknown, status = 200): void => {
    handlers.set(call, (request, response) => {
      request.resume()
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    })
  }
  const start = (): Promise<void> => {
    const opened = createServer(answer)
    server = opened
    return new Promise((resolve) => opened.listen(socket, resolve))
  }
  const stop = async (): Promise<void> => {
    const closing = server
    server = undefined
    if (!closing) return
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()))
    closing.closeAllConnections()
    await closed
  }
  json('GET /version', version)
  handlers.set('HEAD /_ping', (_request, response) => void response.writeHead(200).end())
  await start()
  return {
    docker,
    connect: connector.connect,
    folder,
    host,
    asked,
    on: (call, handler) => void handlers.set(call, handler),
    json,
    start,
    stop,
    async close() {
      await docker.close()
      connector.close()
      await stop()
      await processes.close(0)
      await rm(folder, { recursive: true, force: true })
    },
  }
}
