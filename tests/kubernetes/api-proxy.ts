import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Agent, createServer, request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'

/** The API server behind the door, with a certificate that may do everything. */
export interface Upstream {
  readonly server: URL
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

/** A door to the API server of a cluster that can be shut, or answer by itself: what is behind it goes on. */
export interface ApiProxy {
  /** As a kubeconfig takes it. */
  readonly server: string
  /** Path of the certificate that vouches for it. */
  readonly certificateAuthority: string
  /** `GET /api/v1/namespaces/shop/pods?watch=1`: all that was asked for through the door, oldest first. */
  readonly asked: readonly string[]
  /** All connections break, and none is taken until `open`. */
  shut(): Promise<void>
  open(): Promise<void>
  /** Breaks the connections of what is under way and matches. @returns how many that were */
  cut(what: RegExp): number
  /** From now on the door itself answers what matches. @returns ends that */
  answer(what: RegExp, answer: ApiAnswer): () => void
}

export interface ApiAnswer {
  readonly status: number
  readonly reason?: string
  readonly message?: string
  /** For the path that was asked for. @default a Status of the three above */
  readonly body?: (path: string) => object
  /** The stream begins as a good one, and this is what comes in it: so it is for a watch. */
  readonly asEvent?: boolean
  /** @default for ever */
  readonly times?: number
  /** Milliseconds before anything happens; the status 0 then lets the server answer. */
  readonly delayMs?: number
}

interface Rule {
  readonly what: RegExp
  readonly answer: ApiAnswer
  left: number
}

/** @param folder for its certificate */
export async function apiProxy(upstream: Upstream, folder: string): Promise<ApiProxy> {
  const files = certificate(folder)
  const agent = new Agent({ ca: upstream.ca, cert: upstream.cert, key: upstream.key, keepAlive: true })
  const anonymous = new Agent({ ca: upstream.ca, keepAlive: true })
  const sockets = new Set<{ destroy(): void }>()
  const underWay = new Map<{ destroy(): void }, string>()
  const asked: string[] = []
  const rules = new Set<Rule>()
  let server: Server | undefined
  let port = 0

  /** What the door answers; `undefined`: nothing, the server is asked. */
  const ruleFor = (text: string): ApiAnswer | undefined => {
    const rule = [...rules].find(({ what }) => what.test(text))
    if (rule === undefined) return undefined
    rule.left -= 1
    if (rule.left <= 0) rules.delete(rule)
    return rule.answer
  }
  const onRequest = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const text = `${incoming.method} ${incoming.url}`
    asked.push(text)
    const answer = ruleFor(text)
    if (answer?.delayMs !== undefined) await sleep(answer.delayMs)
    if (answer !== undefined && answer.status > 0) {
      incoming.resume()
      respond(outgoing, answer, incoming.url ?? '')
      return
    }
    underWay.set(incoming.socket, text)
    outgoing.once('close', () => underWay.delete(incoming.socket))
    const { method, headers } = incoming
    const onward = request({
      host: upstream.server.hostname,
      port: upstream.server.port,
      path: incoming.url,
      method,
      headers,
      agent: headers.authorization === undefined ? agent : anonymous,
    })
    onward.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      outgoing.flushHeaders()
      response.pipe(outgoing)
      response.on('error', () => outgoing.destroy())
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
    incoming.pipe(onward)
  }

  /** Streams into pods: bytes both ways, whatever they are. */
  const onUpgrade = (incoming: IncomingMessage, client: TLSSocket, head: Buffer): void => {
    const text = `${incoming.method} ${incoming.url}`
    asked.push(text)
    const answer = ruleFor(text)
    if (answer !== undefined && answer.status > 0) {
      const body = statusOf(answer, incoming.url ?? '')
      client.end(
        `HTTP/1.1 ${answer.status} No\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
      return
    }
    underWay.set(client, text)
    client.once('close', () => underWay.delete(client))
    const isNamed = incoming.headers.authorization !== undefined
    const { ca, cert, key, server: url } = upstream
    const onward = connect({
      host: url.hostname,
      port: Number(url.port),
      ca,
      ALPNProtocols: ['http/1.1'],
      ...(!isNamed && { cert, key }),
    })
    const lines = [`${text} HTTP/1.1`]
    for (let index = 0; index < incoming.rawHeaders.length; index += 2)
      lines.push(`${incoming.rawHeaders[index]}: ${incoming.rawHeaders[index + 1]}`)
    onward.write(`${lines.join('\r\n')}\r\n\r\n`)
    onward.write(head)
    sockets.add(onward)
    for (const [from, to] of [
      [client, onward],
      [onward, client],
    ] as const) {
      from.pipe(to)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  }

  const proxy: ApiProxy = {
    get server() {
      return `https://127.0.0.1:${port}`
    },
    certificateAuthority: files.cert,
    asked,
    async open() {
      const opened = createServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) })
      opened.on('request', (incoming, outgoing) => void onRequest(incoming, outgoing))
      opened.on('upgrade', (incoming, socket, head) => onUpgrade(incoming, socket as TLSSocket, head))
      opened.on('connection', (socket) => {
        sockets.add(socket)
        socket.on('close', () => sockets.delete(socket))
      })
      server = opened
      await new Promise<void>((resolve) => opened.listen(port, '127.0.0.1', resolve))
      port = (opened.address() as AddressInfo).port
    },
    async shut() {
      const closing = server
      server = undefined
      const closed = closing && new Promise((resolve) => closing.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    cut(what) {
      const found = [...underWay].filter(([, text]) => what.test(text))
      for (const [part] of found) part.destroy()
      return found.length
    },
    answer(what, answer) {
      const rule = { what, answer, left: answer.times ?? Number.POSITIVE_INFINITY }
      rules.add(rule)
      return () => void rules.delete(rule)
    },
  }
  await proxy.open()
  onTestFinished(async () => {
    await proxy.shut()
    agent.destroy()
    anonymous.destroy()
  })
  return proxy
}

function respond(outgoing: ServerResponse, answer: ApiAnswer, path: string): void {
  const body = statusOf(answer, path)
  outgoing.writeHead(answer.asEvent ? 200 : answer.status, { 'content-type': 'application/json' })
  outgoing.end(answer.asEvent ? `{"type":"ERROR","object":${body}}\n` : body)
}

function statusOf({ status, reason = '', message = '', body }: ApiAnswer, path: string): string {
  return JSON.stringify(
    body?.(path) ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code: status },
  )
}

function certificate(folder: string): { readonly cert: string; readonly key: string } {
  mkdirSync(folder, { recursive: true })
  const cert = join(folder, 'door.crt')
  const key = join(folder, 'door.key')
  const subject = ['-subj', '/CN=door', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', ...made, ...subject], { stdio: 'pipe' })
  return { cert, key }
}
