import type { ObjectStore } from '@tiltts/core/store'
import { type Kind, type KindInfo, kinds, type SpecOf, toApiTime } from '@tiltts/spec'
import type { Context, Hono } from 'hono'
import { ApiError, notFound } from './api-error.js'
import { mergePatch } from './merge-patch.js'
import { watchStream } from './watch.js'
import { isObject, specOfWire, toWire, type WireObject } from './wire-object.js'

/** Where the objects are served, as in Kubernetes. */
export const groupPath = '/apis/tilt.dev/v1alpha1'

const byPlural: ReadonlyMap<string, KindInfo> = new Map(
  Object.values(kinds)
    .filter((info) => !info.internal)
    .map((info) => [info.plural, info]),
)

/** Adds list, watch, get, create, replace, patch and delete of every served kind. A new kind needs no code here. */
export function serveResources(app: Hono, store: ObjectStore, now: () => number): void {
  app.get(`${groupPath}/:plural`, (c) => {
    const { kind } = infoOf(c)
    if (isTrue(c.req.query('watch'))) return watchStream(store, kind, watchOptions(c))
    const items = store.list(kind).map((object) => toWire(object))
    return c.json({
      apiVersion: 'tilt.dev/v1alpha1',
      kind: `${kind}List`,
      metadata: { resourceVersion: String(store.revision) },
      items,
    })
  })

  app.get(`${groupPath}/:plural/:name`, (c) => c.json(existing(c, store)))

  app.post(`${groupPath}/:plural`, async (c) => {
    const info = infoOf(c)
    const body = await bodyOf(c)
    if (info.initialStatus === undefined)
      throw new ApiError(405, 'MethodNotAllowed', `${info.plural} cannot be created by clients`)
    const name = nameOf(store, info, body)
    if (store.get(info.kind, name))
      throw new ApiError(409, 'AlreadyExists', `${info.plural}.tilt.dev "${name}" already exists`)
    const initial = info.initialStatus(toApiTime(now()))
    store.update({ by: 'api' }, (tx) => {
      const { labels, annotations } = body.metadata as {
        labels?: Record<string, string>
        annotations?: Record<string, string>
      }
      tx.put(info.kind, name, specOfWire(info.kind, body) as SpecOf<Kind>, initial, { labels, annotations })
    })
    return c.json(existing(c, store, name), 201)
  })

  app.put(`${groupPath}/:plural/:name`, async (c) => {
    const before = existing(c, store)
    const body = await bodyOf(c)
    if (body.metadata.resourceVersion !== before.metadata.resourceVersion) throw conflict(c)
    return c.json(write(c, store, body))
  })

  app.patch(`${groupPath}/:plural/:name`, async (c) => {
    const type = c.req.header('content-type')?.split(';')[0] ?? ''
    if (type !== 'application/merge-patch+json') {
      throw new ApiError(
        415,
        'UnsupportedMediaType',
        `a patch must be application/merge-patch+json, not ${type || 'untyped'}`,
      )
    }
    const patch = await jsonOf(c)
    if (!isObject(patch)) throw new ApiError(400, 'BadRequest', 'a merge patch is a JSON object')
    const before = existing(c, store)
    const expected = isObject(patch['metadata']) ? patch['metadata']['resourceVersion'] : undefined
    if (expected !== undefined && expected !== before.metadata.resourceVersion) throw conflict(c)
    return c.json(write(c, store, mergePatch(before, patch) as WireObject))
  })

  app.delete(`${groupPath}/:plural/:name`, (c) => {
    const info = infoOf(c)
    const before = existing(c, store)
    if (info.initialStatus === undefined)
      throw new ApiError(405, 'MethodNotAllowed', `${info.plural} cannot be deleted by clients`)
    store.update({ by: 'api' }, (tx) => tx.delete(info.kind, String(before.metadata.name)))
    return c.json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' })
  })
}

function infoOf(c: Context): KindInfo {
  const plural = c.req.param('plural') ?? ''
  const info = byPlural.get(plural)
  if (info === undefined) throw new ApiError(404, 'NotFound', `the server has no resource type "${plural}"`)
  return info
}

function existing(c: Context, store: ObjectStore, name: string = c.req.param('name') ?? ''): WireObject {
  const info = infoOf(c)
  const object = store.get(info.kind, name)
  if (object === undefined) throw notFound(info.plural, name)
  return toWire(object)
}

function write(c: Context, store: ObjectStore, body: WireObject): WireObject {
  const { kind, plural, writable } = infoOf(c)
  if (!writable) throw new ApiError(405, 'MethodNotAllowed', `${plural} are written by the engine only`)
  const name = c.req.param('name') ?? ''
  store.update({ by: 'api' }, (tx) => tx.spec(kind, name, () => specOfWire(kind, body) as SpecOf<Kind>))
  return existing(c, store, name)
}

function nameOf(store: ObjectStore, info: KindInfo, body: WireObject): string {
  const { name, generateName } = body.metadata
  if (typeof name === 'string' && name !== '') return name
  if (typeof generateName !== 'string')
    throw new ApiError(422, 'Invalid', 'metadata.name: a name or generateName is required')
  for (let n = store.list(info.kind).length + 1; ; n++) {
    if (store.get(info.kind, `${generateName}${n}`) === undefined) return `${generateName}${n}`
  }
}

async function bodyOf(c: Context): Promise<WireObject> {
  const body = await jsonOf(c)
  if (!isObject(body) || !isObject(body['metadata']))
    throw new ApiError(400, 'BadRequest', 'an object with metadata is expected')
  return body as WireObject
}

async function jsonOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json()
  } catch {
    throw new ApiError(400, 'BadRequest', 'the body is not JSON')
  }
}

function watchOptions(c: Context): { name: string | undefined; since: number | undefined; signal: AbortSignal } {
  const name = /^metadata\.name=(.+)$/.exec(c.req.query('fieldSelector') ?? '')?.[1]
  const since = c.req.query('resourceVersion')
  return { name, since: since === undefined || since === '' ? undefined : Number(since), signal: c.req.raw.signal }
}

const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true'
const conflict = (c: Context): ApiError =>
  new ApiError(
    409,
    'Conflict',
    `${c.req.param('plural')} "${c.req.param('name')}": the object has been modified; read it again`,
  )
