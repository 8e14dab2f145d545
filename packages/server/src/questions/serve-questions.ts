import type { ObjectStore } from '@tiltts/core/store'
import { blockersOnly, resourceGraph, timelineOf, type WhyView, whyOf } from '@tiltts/core/why'
import { resourceView } from '@tiltts/runtime'
import type { Context, Hono } from 'hono'
import { ApiError } from '../rest/api-error.js'
import { explainPath } from './explain-path.js'

/**
 * Adds the questions that are answered from the store and its journal: `GET /api/why?resource=…`,
 * `/api/explain-file?path=…`, `/api/graph[?blockers=1]`, `/api/timeline[?resource=…]` (repeatable).
 */
export function serveQuestions(app: Hono, store: ObjectStore, now: () => number): void {
  const view = (): WhyView => ({ store, viewOf: (resource) => resourceView(store, resource), now: now() })
  app.get('/api/why', (c) => {
    const resource = asked(c, 'resource')
    const why = whyOf(view(), resource)
    if (why === undefined) throw unknownResource(view(), resource)
    return c.json(why)
  })
  app.get('/api/explain-file', async (c) => c.json(await explainPath(view(), asked(c, 'path'))))
  app.get('/api/graph', (c) => {
    const graph = resourceGraph(view())
    return c.json(c.req.query('blockers') === '1' ? blockersOnly(graph) : graph)
  })
  app.get('/api/timeline', (c) => {
    const resources = c.req.queries('resource') ?? []
    for (const name of resources) if (whyOf(view(), name) === undefined) throw unknownResource(view(), name)
    return c.json(timelineOf(view(), resources))
  })
}

function asked(c: Context, name: string): string {
  const value = c.req.query(name)
  if (value === undefined || value === '') throw new ApiError(400, 'BadRequest', `${name} is missing`)
  return value
}

function unknownResource({ store }: WhyView, name: string): ApiError {
  const names = store.list('Resource').map(({ metadata }) => metadata.name)
  return new ApiError(404, 'NotFound', `The resource "${name}" does not exist. There are: ${names.join(', ')}`, {
    kind: 'uiresources',
    name,
  })
}
