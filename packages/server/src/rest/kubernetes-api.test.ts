import { beforeEach, describe, expect, it } from 'vitest'
import { configMap, group, type TestServer, testServer } from '../testing/test-server.js'

let api: TestServer
const maps = `${group}/configmaps`
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'

beforeEach(async () => {
  api = await testServer()
})

async function data(name: string): Promise<unknown> {
  return ((await api.call('GET', `${maps}/${name}`)).body as { data: unknown }).data
}
async function names(query: string): Promise<readonly string[]> {
  const { body } = await api.call('GET', `${maps}?${query}`)
  return (body as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) => metadata.name)
}

describe('discovery', () => {
  it('API-07: names the group, its version and its kinds, and no core group', async () => {
    expect(await api.call('GET', '/apis')).toMatchObject({ body: { groups: [{ name: 'tilt.dev' }] } })
    expect(await api.call('GET', '/apis/tilt.dev')).toMatchObject({
      body: { preferredVersion: { groupVersion: 'tilt.dev/v1alpha1' } },
    })
    const { body } = await api.call('GET', group)
    const { resources } = body as { resources: { name: string; kind: string; verbs: string[]; namespaced: boolean }[] }
    expect(resources.find(({ name }) => name === 'filewatches')).toEqual({
      name: 'filewatches',
      singularName: 'filewatch',
      namespaced: false,
      kind: 'FileWatch',
      shortNames: ['fw'],
      verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    })
    expect(resources.map(({ name }) => name)).toContain('filewatches/status')
    expect(resources.map(({ name }) => name)).not.toContain('configmaps/status')
    expect(await api.call('GET', '/api')).toMatchObject({ status: 404 })
  })

  it('API-06: has one group in one version, and nothing in it belongs to a namespace', async () => {
    const { groups } = (await api.call('GET', '/apis')).body as { groups: { versions: object[] }[] }
    expect(groups.map(({ versions }) => versions)).toEqual([
      [{ groupVersion: 'tilt.dev/v1alpha1', version: 'v1alpha1' }],
    ])
    const { resources } = (await api.call('GET', group)).body as { resources: { namespaced: boolean }[] }
    expect(resources.length).toBeGreaterThan(40)
    expect(resources.filter(({ namespaced }) => namespaced)).toEqual([])
    expect(await api.call('GET', '/apis/tilt.dev/v1')).toMatchObject({ status: 404 })
    const inside = `${group}/namespaces/default/configmaps`
    expect(await api.call('GET', inside)).toMatchObject({ status: 404 })
  })

  it('API-07: says the same in one answer to who asks so', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json'
    const { body, headers } = await api.call('GET', '/apis', undefined, { accept })
    expect(headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')
    const [item] = (body as { items: { versions: { resources: { resource: string }[] }[] }[] }).items
    expect(item?.versions[0]?.resources.map(({ resource }) => resource)).toContain('uiresources')
  })

  it('API-03: tells its version and that it lives', async () => {
    expect(await api.call('GET', '/version')).toMatchObject({ body: { gitVersion: 'v1.2.3', major: '1', minor: '2' } })
    for (const path of ['/healthz', '/livez', '/readyz'])
      expect(await api.call('GET', path)).toMatchObject({ status: 200, body: 'ok' })
  })

  it('API-07: describes every field of every kind, in both versions of OpenAPI', async () => {
    const v2 = (await api.call('GET', '/openapi/v2')).body as { definitions: Record<string, object> }
    expect(v2.definitions['dev.tilt.v1alpha1.FileWatchSpec']).toMatchObject({
      properties: { watchedPaths: { type: 'array', description: expect.stringContaining('Absolute') } },
      required: ['watchedPaths'],
    })
    const root = (await api.call('GET', '/openapi/v3')).body as { paths: Record<string, { serverRelativeURL: string }> }
    const url = root.paths['apis/tilt.dev/v1alpha1']?.serverRelativeURL ?? ''
    const v3 = (await api.call('GET', url)).body as {
      components: { schemas: Record<string, object> }
      paths: Record<string, { patch: { parameters: { name: string }[] } }>
    }
    expect(v3.components.schemas['dev.tilt.v1alpha1.Cmd']).toMatchObject({
      'x-kubernetes-group-version-kind': [{ group: 'tilt.dev', version: 'v1alpha1', kind: 'Cmd' }],
    })
    const parameters = v3.paths[`${group}/configmaps/{name}`]?.patch.parameters.map(({ name }) => name)
    expect(parameters).toContain('fieldValidation')
    const text = JSON.stringify(v3)
    const used = [...text.matchAll(/#\/components\/schemas\/([^"]+)/g)].map(([, name]) => name ?? '')
    expect(used.filter((name) => v3.components.schemas[name] === undefined)).toEqual([])
  })
})

describe('forms of an answer', () => {
  it('API-09: YAML, for reading and writing', async () => {
    const yaml = { 'content-type': 'application/yaml', accept: 'application/yaml' }
    const text = 'kind: ConfigMap\nmetadata: {name: a}\ndata: {x: "1"}\n'
    expect(await api.call('POST', maps, text, yaml)).toMatchObject({
      status: 201,
      body: expect.stringContaining('x: "1"'),
    })
    expect(await data('a')).toEqual({ x: '1' })
  })

  it('API-09: a table, with what tells of resources, and objects of the size that is asked for', async () => {
    await api.call('POST', maps, configMap('a', {}))
    const { body } = await api.call('GET', maps, undefined, { accept: table })
    expect(body).toMatchObject({
      kind: 'Table',
      columnDefinitions: [{ name: 'Name', format: 'name' }, { name: 'Age' }],
      rows: [{ cells: ['a', '0s'], object: { kind: 'PartialObjectMetadata', metadata: { name: 'a' } } }],
    })
    expect((await api.call('GET', `${maps}/a?includeObject=Object`, undefined, { accept: table })).body).toMatchObject({
      rows: [{ object: { kind: 'ConfigMap', data: {} } }],
    })
  })

  it('refuses forms it has not, and takes the first of those it has', async () => {
    const accept = 'application/vnd.kubernetes.protobuf'
    expect(await api.call('GET', maps, undefined, { accept })).toMatchObject({ status: 406 })
    const either = { accept: `${accept},application/json` }
    expect(await api.call('GET', maps, undefined, either)).toMatchObject({ status: 200 })
  })
})

describe('a part of a list', () => {
  beforeEach(async () => {
    for (const [name, team] of [
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'x'],
    ] as const)
      await api.call('POST', maps, configMap(name, {}, { team, [`only-${name}`]: 'yes' }))
  })

  it.each([
    ['labelSelector=team%3Dx', ['a', 'c']],
    ['labelSelector=team%3D%3Dx,only-c', ['c']],
    ['labelSelector=team!%3Dx', ['b']],
    ['labelSelector=team in (x,y),!only-b', ['a', 'c']],
    ['labelSelector=team notin (x)', ['b']],
    ['fieldSelector=metadata.name%3Db', ['b']],
    ['fieldSelector=metadata.name!%3Db', ['a', 'c']],
  ])('API-13: by selector %s', async (query, expected) =>
    expect(await names(query.replaceAll(' ', '%20'))).toEqual(expected),
  )

  it('refuses what is no selector', async () => {
    expect(await api.call('GET', `${maps}?labelSelector=a%3D%3D%3Db`)).toMatchObject({ status: 400 })
    expect(await api.call('GET', `${maps}?fieldSelector=metadata.name`)).toMatchObject({ status: 400 })
  })

  it('in pages, until there is no more; a page after an object that has gone is refused', async () => {
    const first = (await api.call('GET', `${maps}?limit=2`)).body as {
      metadata: { continue: string; remainingItemCount: number }
      items: object[]
    }
    expect(first.items).toHaveLength(2)
    expect(first.metadata.remainingItemCount).toBe(1)
    const rest = `limit=2&continue=${first.metadata.continue}`
    expect(await names(rest)).toEqual(['c'])
    await api.call('DELETE', `${maps}/b`)
    expect(await api.call('GET', `${maps}?${rest}`)).toMatchObject({ status: 410, body: { reason: 'Expired' } })
    expect(await api.call('GET', `${maps}?limit=-1`)).toMatchObject({ status: 400 })
  })
})

describe('patches', () => {
  const patch = (type: string, body: unknown, query = '') =>
    api.call('PATCH', `${maps}/a${query}`, body, { 'content-type': type })
  beforeEach(() => api.call('POST', maps, configMap('a', { x: '1', y: '2' })))

  it('API-10: a JSON patch', async () => {
    const body = [
      { op: 'test', path: '/data/x', value: '1' },
      { op: 'replace', path: '/data/x', value: '3' },
      { op: 'remove', path: '/data/y' },
    ]
    expect(await patch('application/json-patch+json', body)).toMatchObject({ status: 200 })
    expect(await data('a')).toEqual({ x: '3' })
    expect(await patch('application/json-patch+json', body)).toMatchObject({ status: 422 })
    expect(await data('a')).toEqual({ x: '3' })
  })

  it('API-10: a strategic merge, with its directives', async () => {
    await patch('application/strategic-merge-patch+json', { data: { $retainKeys: ['x', 'z'], z: '3' } })
    expect(await data('a')).toEqual({ x: '1', z: '3' })
    await patch('application/strategic-merge-patch+json', { data: { $patch: 'replace', only: 'this' } })
    expect(await data('a')).toEqual({ only: 'this' })
  })

  it.each([
    ['application/json-patch+json', { op: 'add' }, 400],
    ['application/json-patch+json', [{ op: 'add', path: '/__proto__/x', value: 1 }], 400],
    ['application/merge-patch+json', [], 400],
    ['text/plain', {}, 415],
    ['application/merge-patch+json', { metadata: null }, 422],
    ['application/merge-patch+json', { data: { x: 1 } }, 422],
    ['application/merge-patch+json', { metadata: { resourceVersion: '1', labels: { a: 'b' } } }, 200],
    ['application/merge-patch+json', { metadata: { resourceVersion: '999' } }, 409],
  ])('answers %s %j with %i', async (type, body, status) => expect(await patch(type, body)).toMatchObject({ status }))

  it('API-16: a dry run changes nothing, and tells what would be', async () => {
    const answer = await patch('application/merge-patch+json', { data: { x: '9' } }, '?dryRun=All')
    expect(answer).toMatchObject({ status: 200, body: { data: { x: '9', y: '2' } } })
    expect(await data('a')).toEqual({ x: '1', y: '2' })
    expect(await api.call('POST', `${maps}?dryRun=All`, configMap('b', {}))).toMatchObject({ status: 201 })
    expect(await api.call('DELETE', `${maps}/a?dryRun=All`)).toMatchObject({ status: 200 })
    expect(await names('')).toEqual(['a'])
  })
})

describe('server-side apply', () => {
  const apply = (manager: string, body: object, query = '') =>
    api.call('PATCH', `${maps}/a?fieldManager=${manager}${query}`, body, {
      'content-type': 'application/apply-patch+yaml',
    })
  const map = (data: Record<string, string>): object => ({ kind: 'ConfigMap', metadata: { name: 'a' }, data })

  it('API-10: creates, changes, and takes out what its manager no longer has', async () => {
    expect(await apply('one', map({ x: '1', y: '2' }))).toMatchObject({ status: 201 })
    expect(await apply('one', map({ x: '3' }))).toMatchObject({ status: 200 })
    expect(await data('a')).toEqual({ x: '3' })
  })

  it('API-10: leaves what another manager has, and tells whom it would overrule', async () => {
    await apply('one', map({ x: '1' }))
    expect(await apply('two', map({ y: '2' }))).toMatchObject({ status: 200 })
    expect(await data('a')).toEqual({ x: '1', y: '2' })
    expect(await apply('two', map({ x: '9', y: '2' }))).toMatchObject({
      status: 409,
      body: { message: 'Apply failed with 1 conflict: conflict with "one": .data.x' },
    })
    expect(await apply('two', map({ x: '9', y: '2' }), '&force=true')).toMatchObject({ status: 200 })
    expect(await apply('one', map({}))).toMatchObject({ status: 200 })
    expect(await data('a')).toEqual({ x: '9', y: '2' })
  })

  it('changes nothing when it is repeated', async () => {
    await apply('one', map({ x: '1' }))
    const { revision } = api.store
    await apply('one', map({ x: '1' }))
    expect(api.store.get('ConfigMap', 'a')?.metadata.resourceVersion).toBe(String(revision))
  })

  it('needs a manager', async () => {
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    expect(await api.call('PATCH', `${maps}/a`, map({}), headers)).toMatchObject({ status: 400 })
  })
})

describe('what a client sends', () => {
  const watches = `${group}/filewatches`
  const watch = (spec: object): object => ({ kind: 'FileWatch', metadata: { name: 'w' }, spec })

  it('API-17: is compared with the schema when created and when changed, with all that is wrong', async () => {
    expect(await api.call('POST', watches, watch({ watchedPaths: 'x' }))).toMatchObject({
      status: 422,
      body: { details: { causes: [{ field: 'spec.watchedPaths', reason: 'FieldValueInvalid' }] } },
    })
    await api.call('POST', watches, watch({ watchedPaths: ['/x'] }))
    const type = { 'content-type': 'application/merge-patch+json' }
    const bad = { spec: { watchedPaths: [1], ignores: [{}] } }
    const answer = await api.call('PATCH', `${watches}/w`, bad, type)
    expect(answer).toMatchObject({ status: 422 })
    const { details } = answer.body as { details: { causes: { field: string }[] } }
    expect(details.causes.map(({ field }) => field)).toContain('spec.watchedPaths[0]')
    expect(details.causes.length).toBeGreaterThan(1)
    expect(api.store.get('FileWatch', 'w')?.spec).toEqual({ watchedPaths: ['/x'], ignores: [] })
  })

  it('API-18: has unknown fields left out with a warning, or refused when that is asked for', async () => {
    const body = watch({ watchedPaths: ['/x'], nope: 1 })
    expect(await api.call('POST', `${watches}?fieldValidation=Strict`, body)).toMatchObject({
      status: 400,
      body: { message: 'strict decoding error: unknown field "spec.nope"' },
    })
    const answer = await api.call('POST', watches, body)
    expect(answer).toMatchObject({ status: 201, headers: { warning: expect.stringContaining('spec.nope') } })
    expect(api.store.get('FileWatch', 'w')?.spec).not.toHaveProperty('nope')
  })

  it('API-11: replaces only the version that it was made from; one without a version never', async () => {
    await api.call('POST', maps, configMap('a', {}))
    expect(await api.call('PUT', `${maps}/a`, configMap('a', { x: '1' }))).toMatchObject({ status: 409 })
  })

  it('API-11: does not write the status of what the engine tells', async () => {
    await api.call('POST', watches, watch({ watchedPaths: ['/x'] }))
    expect(await api.call('GET', `${watches}/w/status`)).toMatchObject({
      status: 200,
      body: { status: { fileEvents: [] } },
    })
    const type = { 'content-type': 'application/merge-patch+json' }
    expect(await api.call('PATCH', `${watches}/w/status`, { status: { error: 'x' } }, type)).toMatchObject({
      status: 405,
    })
  })

  it.each(['a/b', 'a%b', '.', '..'])('is refused with the name %j', async (name) =>
    expect(await api.call('POST', maps, configMap(name, {}))).toMatchObject({ status: 422 }),
  )

  it('must be of the kind and name of the URL', async () => {
    await api.call('POST', maps, configMap('a', {}))
    expect(await api.call('POST', maps, watch({}))).toMatchObject({ status: 400 })
    expect(await api.call('PUT', `${maps}/a`, configMap('b', {}))).toMatchObject({ status: 400 })
  })
})

describe('removal', () => {
  it('API-15: waits for finalizers', async () => {
    const body = { kind: 'ConfigMap', metadata: { name: 'a', finalizers: ['mine'] }, data: {} }
    await api.call('POST', maps, body)
    expect(await api.call('DELETE', `${maps}/a`)).toMatchObject({
      body: { metadata: { deletionTimestamp: expect.any(String) } },
    })
    expect(await names('')).toEqual(['a'])
    const type = { 'content-type': 'application/merge-patch+json' }
    await api.call('PATCH', `${maps}/a`, { metadata: { finalizers: null } }, type)
    expect(await names('')).toEqual([])
  })

  it('API-08: takes all that a selector lets through, and watchers are told', async () => {
    for (const name of ['a', 'b', 'c'])
      await api.call('POST', maps, configMap(name, {}, { team: name === 'b' ? 'y' : 'x' }))
    const watch = api.stream(`${maps}?watch=1&resourceVersion=${api.store.revision}`)
    await api.call('DELETE', `${maps}?labelSelector=team%3Dx`)
    expect(await names('')).toEqual(['b'])
    expect((await watch.until(2)).map((line) => JSON.parse(line).type)).toEqual(['DELETED', 'DELETED'])
  })

  it('is of the object that is meant', async () => {
    await api.call('POST', maps, configMap('a', {}))
    expect(await api.call('DELETE', `${maps}/a`, { preconditions: { uid: 'another' } })).toMatchObject({ status: 409 })
  })
})

describe('a watch', () => {
  const events = (lines: readonly string[]) =>
    lines.map((line) => JSON.parse(line)).map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim())

  it('API-14: says when all that is there was sent, to who asks so', async () => {
    await api.call('POST', maps, configMap('a', {}))
    const lines = await api
      .stream(`${maps}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`)
      .until(2)
    expect(events(lines)).toEqual(['ADDED a', 'BOOKMARK'])
    expect(JSON.parse(lines[1] ?? '').object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
    expect(await api.call('GET', `${maps}?watch=1&sendInitialEvents=true`)).toMatchObject({ status: 422 })
  })

  it('tells of an object that begins or ceases to match as if it came or went', async () => {
    await api.call('POST', maps, configMap('a', {}, { on: 'no' }))
    const watch = api.stream(`${maps}?watch=1&labelSelector=on%3Dyes`)
    const label = async (on: string): Promise<unknown> =>
      api.call(
        'PATCH',
        `${maps}/a`,
        { metadata: { labels: { on } } },
        { 'content-type': 'application/merge-patch+json' },
      )
    await label('yes')
    await label('no')
    expect(events(await watch.until(2))).toEqual(['ADDED a', 'DELETED a'])
  })

  it('sends tables, with a head once', async () => {
    const watch = api.stream(`${maps}?watch=1`, { accept: table })
    for (const name of ['a', 'b']) await api.call('POST', maps, configMap(name, {}))
    const [first, second] = (await watch.until(2)).map((line) => JSON.parse(line).object)
    expect(first).toMatchObject({ kind: 'Table', columnDefinitions: [{ name: 'Name' }, { name: 'Age' }] })
    expect(second).toMatchObject({ kind: 'Table', columnDefinitions: null, rows: [{ cells: ['b', '0s'] }] })
  })

  it('ends after the time that is asked for, and by its legacy path, too', async () => {
    await api.call('POST', maps, configMap('a', {}))
    expect(events(await api.stream(`${group}/watch/configmaps?timeoutSeconds=1`).end())).toEqual(['ADDED a'])
  })

  it('refuses a version whose changes are no longer known', async () => {
    await api.call('POST', maps, configMap('a', {}))
    const type = { 'content-type': 'application/merge-patch+json' }
    for (let n = 0; n < 20_100; n++)
      api.store.update({ by: 'test' }, (tx) => tx.spec('ConfigMap', 'a', () => ({ data: { n: String(n) } })))
    await api.call('PATCH', `${maps}/a`, { data: {} }, type)
    expect(await api.call('GET', `${maps}?watch=1&resourceVersion=1`)).toMatchObject({
      status: 410,
      body: { reason: 'Expired' },
    })
  })
})
