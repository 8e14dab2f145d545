import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kubernetes, Processes } from '@tiltts/runtime/ports'
import { createProcesses } from '../../processes/index.js'
import { assembleKubernetes, type KubernetesOptions } from '../assemble-kubernetes.js'
import { noStreams } from './no-streams.js'

export interface AskedCall {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export type Handler = (call: AskedCall, response: ServerResponse) => void

/** An API server that does what a test wants, for faults that no real one makes on demand. */
export interface StandInServer {
  readonly url: string
  readonly folder: string
  readonly processes: Processes
  readonly asked: readonly AskedCall[]
  /** How many connections were opened so far. */
  readonly connections: () => number
  /** By method and path: `GET /api/v1/pods`. The newest counts. */
  on(call: string, handler: Handler): void
  json(call: string, value: unknown, status?: number): void
  /** Writes a kubeconfig, the first user's and cluster's fields as given, and tells its path. */
  kubeconfig(user?: object, cluster?: object, name?: string): Promise<string>
  /** A client of its own; it is closed with the server. */
  client(options?: Partial<KubernetesOptions>): Promise<Kubernetes>
  /** Cuts all connections and listens no more, until `start`. */
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

export interface StandInOptions {
  /** @default plain HTTP */
  readonly tls?:
    | { readonly cert: string; readonly key: string; readonly ca?: string; readonly requestCert?: boolean }
    | undefined
}

export const coreKinds: object = {
  kind: 'APIResourceList',
  resources: [
    { name: 'pods', kind: 'Pod', namespaced: true },
    { name: 'pods/log', kind: 'Pod', namespaced: true },
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
    { name: 'namespaces', kind: 'Namespace', namespaced: false },
  ],
}

export async function standInServer(options: StandInOptions = {}): Promise<StandInServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tiltts-api-'))
  const processes = createProcesses({ sessionId: folder, stateFolder: join(folder, 'state'), reaper: false })
  const handlers = new Map<string, Handler>()
  const asked: AskedCall[] = []
  const clients: Kubernetes[] = []
  let server: Server | undefined
  let port = 0
  let connections = 0

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => {
      body += text
    })
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost')
      const { method = '', headers } = request
      const call: AskedCall = { method, path: url.pathname, query: url.searchParams, headers, body }
      asked.push(call)
      const handler = handlers.get(`${method} ${url.pathname}`)
      if (handler) return void handler(call, response)
      sendJson(response, status(404, 'NotFound', `nothing at ${url.pathname}`), 404)
    })
  }
  const start = async (): Promise<void> => {
    const opened = options.tls
      ? createSecureServer({ ...options.tls, rejectUnauthorized: false }, answer)
      : createServer(answer)
    opened.on(options.tls ? 'secureConnection' : 'connection', () => {
      connections += 1
    })
    server = opened
    await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve))
    port = (opened.address() as AddressInfo).port
  }
  const stop = async (): Promise<void> => {
    const closing = server
    server = undefined
    if (!closing) return
    const closed = new Promise<void>((resolve) => closing.close(() => resolve()))
    closing.closeAllConnections()
    await closed
  }
  const url = (): string => `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`
  const kubeconfig: StandInServer['kubeconfig'] = async (user = {}, cluster = {}, name = 'kind-fake') => {
    const config = {
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'shop' } }],
      clusters: [{ name, cluster: { server: url(), ...cluster } }],
      users: [{ name, user }],
    }
    const path = join(folder, `${name}-config`)
    await writeFile(path, JSON.stringify(config))
    return path
  }
  const on: StandInServer['on'] = (call, handler) => void handlers.set(call, handler)
  const json: StandInServer['json'] = (call, value, code = 200) =>
    on(call, (_call, response) => sendJson(response, value, code))
  await start()
  json('GET /api/v1', coreKinds)
  return {
    get url() {
      return url()
    },
    folder,
    processes,
    asked,
    connections: () => connections,
    on,
    json,
    kubeconfig,
    async client(more = {}) {
      const env = { PATH: process.env['PATH'] ?? '', HOME: folder, KUBECONFIG: await kubeconfig() }
      const client = assembleKubernetes({ processes, env, ...more }, noStreams)
      clients.push(client)
      return client
    },
    start,
    stop,
    async close() {
      for (const client of clients) await client.close()
      await stop()
      await processes.close(0)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function sendJson(response: ServerResponse, value: unknown, code = 200): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

/** As the API server says no. */
export function status(code: number, reason: string, message: string, more: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, ...more }
}
