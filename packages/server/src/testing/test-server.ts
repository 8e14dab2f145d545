import { request } from 'node:http'
import { createLogStore, type LogStore } from '@tiltts/core/logs'
import { createStore, type ObjectStore, type StoreOptions } from '@tiltts/core/store'
import { fakeLogArchive } from '@tiltts/runtime/testing'
import { onTestFinished } from 'vitest'
import { type RunningServer, startServer } from '../server.js'
import type { ServerOptions } from '../server-options.js'

export const token = 'secret-token'
/** Where objects are. */
export const group = '/apis/tilt.dev/v1alpha1'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: never
}

export interface Lines {
  lines(): readonly string[]
  /** Waits for so many. */
  until(count: number): Promise<readonly string[]>
  /** Waits for the end. */
  end(): Promise<readonly string[]>
}

/** A server with a store and logs of its own, until the test ends. */
export interface TestServer {
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly server: RunningServer
  /** One request with the token, unless the headers say otherwise. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>
  /** The lines of a stream as they come. */
  stream(path: string, headers?: Readonly<Record<string, string>>): Lines
}

export async function testServer(
  options: Partial<ServerOptions> = {},
  kept: Pick<StoreOptions, 'ringSize'> = {},
): Promise<TestServer> {
  let id = 0
  const store = createStore({ now: () => 1_000, uid: () => `uid-${id++}`, ...kept })
  const logs = createLogStore({ now: () => 1_000, archive: fakeLogArchive() })
  const defaults = { token, host: '127.0.0.1', port: 0, now: () => 1_000, version: '1.2.3' }
  const server = await startServer({ ...defaults, ...options })
  server.serve({ store, logs })
  onTestFinished(() => server.close())
  const target = { port: server.port, host: '127.0.0.1' }
  return {
    store,
    logs,
    server,
    call: (method, path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
        const length = text === '' ? {} : { 'content-length': Buffer.byteLength(text) }
        const sent = { 'x-tilt-token': token, 'content-type': 'application/json', ...length, ...headers }
        const outgoing = request({ ...target, method, path, headers: sent }, (answer) => {
          let got = ''
          answer.setEncoding('utf8').on('data', (chunk) => {
            got += chunk
          })
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: parsed(got) as never }),
          )
        })
        outgoing.on('error', reject)
        outgoing.end(text)
      }),
    stream(path, headers = {}) {
      let text = ''
      let check = (): void => {}
      const outgoing = request({ ...target, path, headers: { 'x-tilt-token': token, ...headers } }, (answer) => {
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
          check()
        })
        answer.on('error', () => {})
        answer.on('end', () => {
          ended = true
          check()
        })
      })
      let ended = false
      outgoing.on('error', () => {})
      outgoing.end()
      onTestFinished(() => void outgoing.destroy())
      const lines = (): readonly string[] => text.split('\n').slice(0, -1)
      const when = (done: () => boolean): Promise<readonly string[]> =>
        new Promise((resolve) => {
          check = () => {
            if (done()) resolve(lines())
          }
          check()
        })
      return { lines, until: (count) => when(() => lines().length >= count), end: () => when(() => ended) }
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const configMap = (name: string, data: Record<string, string>, labels?: Record<string, string>): object => ({
  apiVersion: 'tilt.dev/v1alpha1',
  kind: 'ConfigMap',
  metadata: { name, ...(labels && { labels }) },
  data,
})
