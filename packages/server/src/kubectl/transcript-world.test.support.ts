import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createLogStore } from '@tiltts/core/logs'
import { createStore, type ObjectStore } from '@tiltts/core/store'
import { onTestFinished } from 'vitest'
import { apiApp } from '../apps.js'
import { groupPath } from '../rest/served-kinds.js'
import { putRow, putSession } from '../testing/rows.js'

const token = 'of-this-session'

/** One request of kubectl about objects. */
export interface Asked {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly accept: string
  readonly contentType?: string
  readonly body?: string
}

/** What kubectl asks for one command. */
export interface Transcript {
  /** What follows `kubectl`. */
  readonly command: string
  readonly input?: string
  /** To find out which kinds there are and what they look like; in the order of the paths. */
  readonly discovery: readonly string[]
  readonly requests: readonly Asked[]
  readonly prints: string
}

/** All transcripts, of one version of kubectl. */
export interface Recording {
  readonly kubectl: string
  readonly transcripts: readonly Transcript[]
}

/** Whether a path leads to objects of a kind, rather than to what says which kinds there are. */
export const isOfObjects = (path: string): boolean => path.startsWith(`${groupPath}/`)

export const isWatch = (path: string): boolean => new URL(path, 'http://x').searchParams.has('watch')

export interface TranscriptWorld {
  readonly store: ObjectStore
  /** Without TLS. */
  readonly port: number
}

/**
 * The same objects at the same time in every run, and a server over them until the test ends.
 *
 * @param onRequest - told of every request before it is answered
 */
export async function transcriptWorld(onRequest: (request: Request) => Promise<void>): Promise<TranscriptWorld> {
  const now = (): number => Date.UTC(2026, 0, 2, 12)
  let uids = 0
  const store = createStore({ now, uid: () => `00000000-0000-4000-8000-${String(uids++).padStart(12, '0')}` })
  putSession(store)
  putRow(store, 'api', { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T11:59:00Z' }] })
  putRow(store, 'broken', { order: 1, updateStatus: 'error' })
  store.update({ by: 'test' }, (tx) => {
    tx.put('ConfigMap', 'a', { data: { x: '1' } }, {}, { labels: { team: 'x' } })
    tx.put('ConfigMap', 'b', { data: {} }, {})
  })
  const options = { now, version: '1.2.3', token, host: 'localhost' }
  const app = apiApp(token, options, { store, logs: createLogStore({ now }) })
  const server = createServer(
    getRequestListener(async (request, env) => {
      await onRequest(request.clone())
      // kubectl keeps its token to itself where there is no TLS.
      const headers = new Headers(request.headers)
      headers.set('authorization', `Bearer ${token}`)
      const { method, url, body } = request
      return app.fetch(new Request(url, { method, headers, body, ...(body !== null && { duplex: 'half' }) }), env)
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { store, port: (server.address() as AddressInfo).port }
}
