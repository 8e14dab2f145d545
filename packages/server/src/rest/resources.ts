import type { ObjectStore } from '@tiltts/core/store'
import { toApiTime } from '@tiltts/spec'
import type { Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { apiSchemas } from '../openapi/schema.js'
import { ApiError, conflict, notFound } from './api-error.js'
import { checkIdentity, contentOf, mediaTypeOf, objectOf } from './body.js'
import { finalizersOf } from './metadata.js'
import { type Answer, negotiate } from './negotiate.js'
import { objectText } from './object-text.js'
import { pageOf } from './paging.js'
import { applyType, patched } from './patch-kinds.js'
import { selectedName, selectorOf } from './selectors.js'
import { groupPath, type ServedKind, servedKind, wireList, wireNamed, wireOf } from './served-kinds.js'
import { type IncludeObject, partial, tableOf } from './table.js'
import { serveWatches, type WatchOptions } from './watch.js'
import { isObject, type WireObject } from './wire-object.js'
import { type ObjectWriter, objectWriter, type WriteOptions, type Written } from './writer.js'

/** Adds every verb of every served kind, as Kubernetes has them. A new kind needs no code here. */
export function serveResources(app: Hono, store: ObjectStore, now: () => number): void {
  const watch = serveWatches(store)
  const list = `${groupPath}/:plural`
  const object = `${list}/:name`
  const writerOf = async (c: Context, served: ServedKind, manager?: string): Promise<ObjectWriter> =>
    objectWriter(store, served, await apiSchemas(), now, writeOptions(c, manager))

  app.get(`${groupPath}/watch/:plural`, (c) => watch(c, watchOptions(c, now)))
  app.get(`${groupPath}/watch/:plural/:name`, (c) => watch(c, watchOptions(c, now)))

  app.get(list, (c) => {
    const served = kindOf(c)
    if (isTrue(c.req.query('watch'))) return watch(c, watchOptions(c, now))
    const answer = negotiate(c.req.header('accept'))
    const matches = selectorOf(c.req.query('labelSelector'), c.req.query('fieldSelector'))
    const all = wireList(served, store).filter(matches)
    const { items, next, remaining } = pageOf(all, c.req.query('limit'), c.req.query('continue'))
    const metadata = {
      resourceVersion: String(store.revision),
      ...(next === undefined ? {} : { continue: next, remainingItemCount: remaining }),
    }
    if (answer.as === 'Table') return c.json(tableOf(served, items, { include: includeOf(c), now: now(), metadata }))
    if (answer.as !== undefined) {
      const kind = 'PartialObjectMetadataList'
      return c.json({ kind, apiVersion: 'meta.k8s.io/v1', metadata, items: items.map(partial) })
    }
    const kind = `${served.kind}List`
    if (answer.format === 'json') return listOf(kind, metadata, items)
    return send(c, answer, { apiVersion: 'tilt.dev/v1alpha1', kind, metadata, items })
  })

  app.get(object, (c) => {
    const served = kindOf(c)
    return sendObject(c, served, existing(c, store, served), now())
  })
  app.get(`${object}/status`, (c) => {
    const served = withStatus(c)
    return sendObject(c, served, existing(c, store, served), now())
  })

  app.post(list, async (c) => {
    const served = kindOf(c)
    const body = await objectOf(c, { kind: served.kind })
    return sendWritten(c, (await writerOf(c, served)).create(body))
  })

  app.put(object, async (c) => {
    const served = kindOf(c)
    const body = await objectOf(c, identity(c, served))
    return sendWritten(
      c,
      (await writerOf(c, served)).change(nameOf(c), 'spec', (before) => replaced(before, body, served)),
    )
  })
  app.put(`${object}/status`, async (c) => {
    const served = withStatus(c)
    const body = await objectOf(c, identity(c, served))
    return sendWritten(
      c,
      (await writerOf(c, served)).change(nameOf(c), 'status', (before) => ({
        ...before,
        metadata: { ...before.metadata, resourceVersion: body.metadata.resourceVersion ?? '' },
        status: body['status'],
      })),
    )
  })

  app.patch(object, async (c) => {
    const served = kindOf(c)
    const type = mediaTypeOf(c)
    const patch = await contentOf(c)
    if (type === applyType) {
      if (!isObject(patch)) throw new ApiError(400, 'BadRequest', 'an object is expected')
      checkIdentity(patch, identity(c, served))
      const manager = c.req.query('fieldManager')
      if (!manager) throw new ApiError(400, 'BadRequest', 'fieldManager is required for apply patch')
      const body = { ...patch, metadata: isObject(patch['metadata']) ? patch['metadata'] : {} } as unknown as WireObject
      return sendWritten(c, (await writerOf(c, served, manager)).apply(nameOf(c), body))
    }
    const next = (before: WireObject): WireObject => patched(before, type, patch)
    return sendWritten(c, (await writerOf(c, served)).change(nameOf(c), 'spec', next))
  })
  app.patch(`${object}/status`, async (c) => {
    const served = withStatus(c)
    const type = mediaTypeOf(c)
    const patch = await contentOf(c)
    const next = (before: WireObject): WireObject => patched(before, type, patch)
    return sendWritten(c, (await writerOf(c, served)).change(nameOf(c), 'status', next))
  })

  app.delete(object, async (c) => {
    const served = kindOf(c)
    const options = await deleteOptions(c)
    const { metadata } = existing(c, store, served)
    const wanted = isObject(options['preconditions']) ? options['preconditions'] : {}
    const differs = (key: string): boolean => wanted[key] !== undefined && wanted[key] !== metadata[key]
    if (differs('uid') || differs('resourceVersion')) throw conflict(served.plural, nameOf(c))
    const rest = remove(store, served, nameOf(c), isDryRun(c, options), now())
    if (rest !== undefined) return c.json(rest)
    const details = { name: nameOf(c), group: 'tilt.dev', kind: served.plural, uid: metadata['uid'] }
    return c.json({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details })
  })

  app.delete(list, async (c) => {
    const served = kindOf(c)
    const options = await deleteOptions(c)
    const matches = selectorOf(c.req.query('labelSelector'), c.req.query('fieldSelector'))
    const items = wireList(served, store).filter(matches)
    for (const { metadata } of items) remove(store, served, metadata.name ?? '', isDryRun(c, options), now())
    const metadata = { resourceVersion: String(store.revision) }
    return c.json({ apiVersion: 'tilt.dev/v1alpha1', kind: `${served.kind}List`, metadata, items })
  })
}

const kindOf = (c: Context): ServedKind => servedKind(c.req.param('plural') ?? '')
const nameOf = (c: Context): string => c.req.param('name') ?? ''
const identity = (c: Context, { kind }: ServedKind): { kind: string; name: string } => ({ kind, name: nameOf(c) })
const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true'

function withStatus(c: Context): ServedKind {
  const served = kindOf(c)
  if (!served.flatSpec) return served
  throw new ApiError(404, 'NotFound', 'the server could not find the requested resource')
}

function existing(c: Context, store: ObjectStore, served: ServedKind): WireObject {
  const object = wireNamed(served, store, nameOf(c))
  if (object === undefined) throw notFound(served.plural, nameOf(c))
  return object
}

/** What a replacement leaves of an object: all but its spec and what of its metadata clients set. */
function replaced(before: WireObject, body: WireObject, { plural }: ServedKind): WireObject {
  const { uid, creationTimestamp, generation, managedFields, deletionTimestamp } = before.metadata
  const kept = { uid, creationTimestamp, generation, managedFields, deletionTimestamp }
  if (body.metadata['uid'] !== undefined && body.metadata['uid'] !== uid)
    throw conflict(plural, String(before.metadata.name))
  return { ...body, metadata: { ...body.metadata, ...kept }, status: before['status'] }
}

function remove(
  store: ObjectStore,
  served: ServedKind,
  name: string,
  dryRun: boolean,
  now: number,
): WireObject | undefined {
  if (served.initialStatus === undefined)
    throw new ApiError(405, 'MethodNotAllowed', `${served.plural} cannot be deleted by clients`)
  const object = store.get(served.kind, name)
  if (object === undefined || dryRun) return undefined
  if (finalizersOf(object.metadata).length === 0) {
    store.update({ by: 'api' }, (tx) => tx.delete(served.kind, name))
    return undefined
  }
  store.update({ by: 'api' }, (tx) =>
    tx.meta(served.kind, name, (meta) => ({ deletionTimestamp: meta.deletionTimestamp ?? toApiTime(now) })),
  )
  const marked = store.get(served.kind, name)
  return marked && wireOf(served, marked, store)
}

async function deleteOptions(c: Context): Promise<Readonly<Record<string, unknown>>> {
  if ((await c.req.text()) === '') return {}
  const body = await contentOf(c)
  if (!isObject(body)) throw new ApiError(400, 'BadRequest', 'DeleteOptions are expected')
  return body
}

function isDryRun(c: Context, body: Readonly<Record<string, unknown>> = {}): boolean {
  const asked = c.req.queries('dryRun') ?? (Array.isArray(body['dryRun']) ? body['dryRun'] : [])
  if (asked.length === 0) return false
  if (asked.every((word) => word === 'All')) return true
  throw new ApiError(400, 'BadRequest', `dryRun: unsupported value ${JSON.stringify(asked)}: supported is All`)
}

const validations: readonly WriteOptions['fieldValidation'][] = ['Strict', 'Warn', 'Ignore']

function writeOptions(c: Context, manager?: string): WriteOptions {
  const asked = c.req.query('fieldValidation') ?? 'Warn'
  const fieldValidation = validations.find((word) => word === asked)
  if (fieldValidation === undefined)
    throw new ApiError(400, 'BadRequest', `fieldValidation must be one of ${validations.join(', ')}, not "${asked}"`)
  const agent = c.req.header('user-agent')?.split('/')[0]
  return {
    manager: (manager ?? c.req.query('fieldManager') ?? agent ?? 'unknown').slice(0, 128),
    dryRun: isDryRun(c),
    fieldValidation,
    force: isTrue(c.req.query('force')),
  }
}

const includes: readonly IncludeObject[] = ['None', 'Metadata', 'Object']
const includeOf = (c: Context): IncludeObject =>
  includes.find((word) => word === c.req.query('includeObject')) ?? 'Metadata'

async function send(c: Context, { format }: Answer, body: object, code = 200): Promise<Response> {
  if (format === 'json') return c.json(body, code as ContentfulStatusCode)
  const { stringify } = await import('./yaml-text.js')
  return c.body(stringify(body), code as ContentfulStatusCode, { 'content-type': 'application/yaml' })
}

/** A list as JSON, of texts that are there already where its objects have not changed. */
function listOf(kind: string, metadata: object, items: readonly WireObject[]): Response {
  const head = `{"apiVersion":"tilt.dev/v1alpha1","kind":"${kind}","metadata":${JSON.stringify(metadata)},"items":[`
  const text = `${head}${items.map(objectText).join(',')}]}`
  return new Response(text, { headers: { 'content-type': 'application/json' } })
}

function sendObject(c: Context, served: ServedKind, object: WireObject, now: number): Promise<Response> | Response {
  const answer = negotiate(c.req.header('accept'))
  if (answer.as === 'Table') return c.json(tableOf(served, [object], { include: includeOf(c), now }))
  return send(c, answer, answer.as === undefined ? object : partial(object))
}

function sendWritten(c: Context, { object, created, warnings }: Written): Promise<Response> {
  for (const text of warnings) c.header('warning', `299 - ${JSON.stringify(text)}`, { append: true })
  return send(c, { format: negotiate(c.req.header('accept')).format }, object, created ? 201 : 200)
}

function watchOptions(c: Context, now: () => number): WatchOptions {
  const served = kindOf(c)
  const { as } = negotiate(c.req.header('accept')?.replaceAll(';stream=watch', ''))
  const fields = c.req.query('fieldSelector')
  const since = c.req.query('resourceVersion')
  const seconds = c.req.query('timeoutSeconds')
  const initial = isTrue(c.req.query('sendInitialEvents'))
  const bookmarks = isTrue(c.req.query('allowWatchBookmarks'))
  if (since !== undefined && !/^\d*$/.test(since))
    throw new ApiError(400, 'BadRequest', `resourceVersion must be a number, not "${since}"`)
  if (seconds !== undefined && !/^\d+$/.test(seconds))
    throw new ApiError(400, 'BadRequest', `timeoutSeconds must be a whole number, not "${seconds}"`)
  if (initial && !bookmarks)
    throw new ApiError(
      422,
      'Invalid',
      'sendInitialEvents needs allowWatchBookmarks: a bookmark says when all were sent',
    )
  const include = includeOf(c)
  const labels = c.req.query('labelSelector')
  const name = c.req.param('name') ?? selectedName(fields)
  return {
    served,
    form: JSON.stringify([name, labels, fields, as, include]),
    name,
    matches: selectorOf(labels, fields),
    // 0 is any version, and none asks for the newest: both begin with what there is.
    since: initial || since === undefined || since === '' || since === '0' ? undefined : Number(since),
    bookmarks,
    endOfInitial: initial,
    timeoutMs: seconds === undefined || seconds === '0' ? undefined : Number(seconds) * 1000,
    render(object, head) {
      if (as === 'Table') return JSON.stringify(tableOf(served, [object], { include, now: now(), head }))
      return as === undefined ? objectText(object) : JSON.stringify(partial(object))
    },
  }
}
