import type { Context, Hono } from 'hono'
import { aggregatedDiscovery } from './negotiate.js'
import { groupPath, type ServedKind, servedKinds, verbsOf } from './served-kinds.js'

const group = 'tilt.dev'
const version = { groupVersion: 'tilt.dev/v1alpha1', version: 'v1alpha1' }
const apiGroup = { name: group, versions: [version], preferredVersion: version }

/** Adds what tells clients which kinds there are: `/apis` and below, plain and aggregated. There is no core group. */
export function serveDiscovery(app: Hono): void {
  app.get('/apis', (c) => {
    const form = aggregatedDiscovery(c.req.header('accept'))
    if (form === undefined) return c.json({ kind: 'APIGroupList', apiVersion: 'v1', groups: [apiGroup] })
    return aggregated(c, form)
  })
  app.get('/apis/tilt.dev', (c) => c.json({ kind: 'APIGroup', apiVersion: 'v1', ...apiGroup }))
  app.get(groupPath, (c) =>
    c.json({
      kind: 'APIResourceList',
      apiVersion: 'v1',
      groupVersion: version.groupVersion,
      resources: servedKinds.flatMap(plainRows),
    }),
  )
}

function plainRows(served: ServedKind): readonly object[] {
  const { kind, plural, singular, shortNames } = served
  const row = { name: plural, singularName: singular, namespaced: false, kind, verbs: verbsOf(served) }
  const status = { name: `${plural}/status`, singularName: '', namespaced: false, kind, verbs: statusVerbs(served) }
  return [{ ...row, ...(shortNames.length === 0 ? {} : { shortNames }) }, ...(served.flatSpec ? [] : [status])]
}

function aggregated(c: Context, form: string): Response {
  const resources = servedKinds.map((served) => {
    const responseKind = { group, version: version.version, kind: served.kind }
    return {
      resource: served.plural,
      responseKind,
      scope: 'Cluster',
      singularResource: served.singular,
      verbs: verbsOf(served),
      ...(served.shortNames.length === 0 ? {} : { shortNames: served.shortNames }),
      ...(served.flatSpec
        ? {}
        : { subresources: [{ subresource: 'status', responseKind, verbs: statusVerbs(served) }] }),
    }
  })
  const body = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${form}`,
    metadata: {},
    items: [
      {
        metadata: { name: group, creationTimestamp: null },
        versions: [{ version: version.version, resources, freshness: 'Current' }],
      },
    ],
  }
  return c.body(JSON.stringify(body), 200, {
    'content-type': `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`,
  })
}

const statusVerbs = ({ statusWritable }: ServedKind): readonly string[] =>
  statusWritable ? ['get', 'patch', 'update'] : ['get']
