import type { ObjectStore } from '@tiltts/core/store'
import { wellKnown } from '@tiltts/spec'
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { apiSchemas } from '../openapi/schema.js'
import { ApiError } from '../rest/api-error.js'
import { contentOf } from '../rest/body.js'
import { servedKind } from '../rest/served-kinds.js'
import { isObject } from '../rest/wire-object.js'
import { type ObjectWriter, objectWriter } from '../rest/writer.js'

/** Who asked for an update, by the bits that Tilt's clients send. */
const askers: readonly (readonly [bit: number, by: string])[] = [
  [16, 'web'],
  [32, 'cli'],
  [64, 'terminal'],
]

/**
 * Adds what Tilt's clients ask of the engine: `POST /api/trigger` and `POST /api/set_tiltfile_args`. They answer with
 * nothing when it was taken, and refuse in plain text, as those clients show it.
 */
export function serveEngine(app: Hono, store: ObjectStore, now: () => number): void {
  const routes = new Hono()
  routes.onError((error, c) => {
    const code = error instanceof ApiError ? error.code : 500
    return c.text(error.message, code as ContentfulStatusCode)
  })
  const writer = async (plural: string): Promise<ObjectWriter> =>
    objectWriter(store, servedKind(plural), await apiSchemas(), now, {
      manager: 'tiltts-web',
      dryRun: false,
      fieldValidation: 'Strict',
      force: false,
    })

  routes.all('/trigger', async (c) => {
    const { resource, by } = triggerOf(await posted(c))
    checkTriggerable(store, resource)
    const { apiVersion, kind, spec } = newUpdate(resource, by)
    ;(await writer('updates')).create({ apiVersion, kind, metadata: { generateName: `${resource}-` }, spec })
    return c.body(null, 200)
  })
  routes.all('/set_tiltfile_args', async (c) => {
    const args = argsOf(await posted(c))
    ;(await writer('tiltfiles')).change(wellKnown.tiltfile, 'spec', (before) => ({
      ...before,
      spec: { ...(before['spec'] as object), args },
    }))
    return c.body(null, 200)
  })
  app.route('/api', routes)
}

function posted(c: Context): Promise<unknown> {
  if (c.req.method !== 'POST') throw new ApiError(400, 'BadRequest', 'must be POST request')
  return contentOf(c)
}

function triggerOf(body: unknown): { readonly resource: string; readonly by: string } {
  const { manifest_names: names, build_reason: bits = 0 } = isObject(body) ? body : {}
  if (!Array.isArray(names) || names.length !== 1)
    throw new ApiError(400, 'BadRequest', '/api/trigger currently supports exactly one manifest name')
  const [resource] = names
  if (typeof resource !== 'string') throw new ApiError(400, 'BadRequest', 'manifest_names must hold a text')
  if (typeof bits !== 'number' || !Number.isInteger(bits))
    throw new ApiError(400, 'BadRequest', 'build_reason must be a whole number')
  return { resource, by: askers.find(([bit]) => (bits & bit) !== 0)?.[1] ?? 'api' }
}

function newUpdate(resource: string, by: string): { apiVersion: string; kind: string; spec: object } {
  const causes = [{ reason: 'trigger', by }]
  return { apiVersion: 'tilt.dev/v1alpha1', kind: 'Update', spec: { resource, causes } }
}

function checkTriggerable(store: ObjectStore, resource: string): void {
  const row = store.get('UIResource', resource)
  if (row === undefined) throw new ApiError(404, 'NotFound', `resource "${resource}" does not exist`)
  if (row.status.disableStatus.state === 'Disabled')
    throw new ApiError(409, 'Conflict', `resource "${resource}" is currently disabled`)
}

function argsOf(body: unknown): readonly string[] {
  if (Array.isArray(body) && body.every((arg) => typeof arg === 'string')) return body
  throw new ApiError(400, 'BadRequest', 'the body must be a JSON array of texts')
}
