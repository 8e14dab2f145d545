import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request as plainRequest } from 'node:http'
import { Agent, request as tlsRequest } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { atEnd } from './cleanup.js'
import { kubectl } from './cluster-project.js'

/** A way to the API server on which can be seen what is asked of it. */
export interface ApiTap {
  /** Path of one that leads here, in place of the user's. */
  readonly kubeconfig: string
  /** Requests so far: `GET /api/v1/pods?…`, with the time in milliseconds since the epoch. */
  readonly requests: readonly { readonly line: string; readonly at: number }[]
  close(): void
}

interface Kubeconfig {
  readonly contexts: readonly { readonly name: string }[]
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string | undefined>> }[]
  readonly users: readonly { readonly user: Readonly<Record<string, string | undefined>> }[]
}

/** For clusters whose kubeconfig holds certificates or a token. */
export async function tapApiServer(folder: string): Promise<ApiTap> {
  const config = JSON.parse(
    kubectl('config', 'view', '--raw', '--flatten', '--minify', '--output', 'json'),
  ) as Kubeconfig
  const { cluster = {} } = config.clusters[0] ?? {}
  const { user = {} } = config.users[0] ?? {}
  const upstream = new URL(cluster['server'] ?? 'http://localhost:8080')
  const agent = new Agent({
    keepAlive: true,
    ca: decoded(cluster['certificate-authority-data']),
    cert: decoded(user['client-certificate-data']),
    key: decoded(user['client-key-data']),
  })
  const bearer = user['token'] === undefined ? {} : { authorization: `Bearer ${user['token']}` }
  const requests: { line: string; at: number }[] = []
  const sockets = new Set<Socket>()
  const isTls = upstream.protocol === 'https:'
  const pass = ({ method, url, headers }: IncomingMessage): ReturnType<typeof plainRequest> => {
    requests.push({ line: `${method} ${url}`, at: Date.now() })
    const options = {
      host: upstream.hostname,
      port: upstream.port,
      method,
      path: url,
      headers: { ...headers, ...bearer, host: upstream.host },
    }
    return isTls ? tlsRequest({ ...options, agent }) : plainRequest(options)
  }
  const server = createServer((asked, answer) => {
    const passed = pass(asked)
    passed.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      answer.flushHeaders()
      response.pipe(answer)
      response.on('error', () => answer.destroy())
    })
    passed.on('error', () => answer.destroy())
    answer.on('close', () => passed.destroy())
    asked.pipe(passed)
  })
  server.on('upgrade', (asked: IncomingMessage, socket: Socket, head: Buffer) => {
    const passed = pass(asked)
    passed.on('upgrade', (response, there, first) => {
      const lines = response.rawHeaders.flatMap((name, n, all) => (n % 2 === 0 ? [`${name}: ${all[n + 1]}`] : []))
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
      socket.write(first)
      there.write(head)
      socket.pipe(there).pipe(socket)
      socket.on('error', () => there.destroy())
      there.on('error', () => socket.destroy())
    })
    for (const event of ['response', 'error'] as const) passed.on(event, () => socket.destroy())
    passed.end()
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const kubeconfig = join(folder, 'tapped-kubeconfig.json')
  const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clusters = config.clusters.map((one) => ({ ...one, cluster: { server: here } }))
  const users = config.users.map((one) => ({ ...one, user: {} }))
  writeFileSync(kubeconfig, JSON.stringify({ ...config, clusters, users }))
  return {
    kubeconfig,
    requests,
    close: atEnd(() => {
      server.close()
      for (const socket of sockets) socket.destroy()
      agent.destroy()
    }),
  }
}

function decoded(base64: string | undefined): Buffer | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64')
}
