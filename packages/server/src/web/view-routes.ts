import { toApiTime } from '@tiltts/spec'
import type { Hono } from 'hono'
import { engineDump } from './engine-dump.js'
import { scrubbedJson } from './scrubbed-json.js'
import { completeView } from './view.js'
import type { ViewSource } from './view-stream.js'

/**
 * Adds what shows the session as a whole: `GET /api/view`, `GET /api/snapshot/<any>`, `GET /api/dump/engine`, and
 * `GET /api/websocket_token`, which gives what opens `/ws/view`.
 */
export function serveViews(app: Hono, { store, logs, now }: ViewSource, csrf: string): void {
  const json = { 'content-type': 'application/json' }
  app.get('/api/view', (c) => c.json(completeView(store, logs)))
  app.get('/api/snapshot/*', (c) => {
    const snapshot = { view: completeView(store, logs), createdAt: toApiTime(now()) }
    return c.body(scrubbedJson(snapshot, logs), 200, json)
  })
  app.get('/api/dump/engine', (c) => c.body(scrubbedJson(engineDump(store, logs), logs), 200, json))
  app.get('/api/websocket_token', (c) => c.text(csrf))
}
