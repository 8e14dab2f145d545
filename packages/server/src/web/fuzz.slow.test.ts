import { Agent, type IncomingMessage, request } from 'node:http'
import { kinds } from '@tiltts/spec'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { apiSchemas } from '../openapi/schema.js'
import { servedKinds } from '../rest/served-kinds.js'
import { check } from '../rest/validate.js'
import { putRow, putSession } from '../testing/rows.js'
import { group, type TestServer, testServer, token } from '../testing/test-server.js'

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const perRun = 200
const runs = 50

const word = fc.oneof(
  fc.constantFrom('a', 'b', 'api', '(Tiltfile)', 'Tiltfile', 'status', 'watch', '..', '%2e%2e', '%00', '%E0%A4%A', ''),
  fc.string({ maxLength: 12 }).map(encodeLoosely),
)
const plural = fc.oneof(fc.constantFrom(...servedKinds.map((kind) => kind.plural)), word)
const path = fc.oneof(
  fc.array(word, { maxLength: 5 }).map((words) => `/${words.join('/')}`),
  fc.tuple(plural, fc.array(word, { maxLength: 3 })).map((words) => `${group}/${words.flat().join('/')}`),
  fc.constantFrom(
    '/',
    '/api/view',
    '/api/trigger',
    '/api/set_tiltfile_args',
    '/api/snapshot/x',
    '/api/dump/engine',
    '/api/logs',
    '/api/websocket_token',
    '/ws/view',
    '/apis',
    '/openapi/v3',
    '/version',
  ),
)
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'watch',
        'limit',
        'continue',
        'labelSelector',
        'fieldSelector',
        'resourceVersion',
        'dryRun',
        'force',
        'fieldManager',
        'follow',
        'level',
        'tail',
        'since',
        'token',
        'timeoutSeconds',
      ),
      fc.oneof(fc.constantFrom('1', 'true', '0', '-1', 'a=b', 'metadata.name=a', 'All', 'error'), word),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`))

const headerText = fc.string({ unit: fc.constantFrom(...'abz09/;=*,+.-" '), maxLength: 20 })
const headers = fc.record(
  {
    'content-type': fc.oneof(
      fc.constantFrom(
        'application/json',
        'application/yaml',
        'application/merge-patch+json',
        'application/json-patch+json',
        'application/strategic-merge-patch+json',
        'application/apply-patch+yaml',
        'application/vnd.kubernetes.protobuf',
      ),
      headerText,
    ),
    accept: fc.oneof(
      fc.constantFrom('application/json', 'application/json;as=Table;v=v1;g=meta.k8s.io', '*/*'),
      headerText,
    ),
    host: fc.constantFrom('localhost', 'evil.example', '[::1]:1'),
    origin: fc.oneof(fc.constant('http://localhost'), headerText),
    'x-tilt-token': fc.oneof({ weight: 9, arbitrary: fc.constant(token) }, { weight: 1, arbitrary: headerText }),
    'sec-fetch-site': fc.constantFrom('none', 'cross-site'),
    'user-agent': headerText,
  },
  { requiredKeys: ['x-tilt-token'] },
)

const object = fc.record(
  {
    apiVersion: fc.constantFrom('tilt.dev/v1alpha1', 'v1'),
    kind: fc.constantFrom(...Object.keys(kinds)),
    metadata: fc.oneof(
      fc.record(
        {
          name: fc.constantFrom('a', 'b', 'api', '(Tiltfile)'),
          generateName: fc.constant('g-'),
          resourceVersion: fc.string({ maxLength: 3 }),
          labels: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
          finalizers: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
        },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    ),
    spec: fc.oneof(
      fc.record(
        { args: fc.array(fc.string()), path: fc.string(), dir: fc.string(), resource: fc.constantFrom('api', 'none') },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    ),
    data: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
    status: fc.jsonValue(),
    manifest_names: fc.oneof(fc.constant(['api']), fc.jsonValue()),
    build_reason: fc.jsonValue(),
  },
  { requiredKeys: [] },
)
const patch = fc.array(
  fc.record(
    {
      op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'),
      path: fc.constantFrom('', '/', '/data', '/data/a', '/metadata/name', '/__proto__/x', '/spec/args/0', '/status'),
      from: fc.constantFrom('/data', '/metadata'),
      value: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
  { maxLength: 3 },
)
const body = fc.oneof(
  { weight: 4, arbitrary: object.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: patch.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.string() },
  {
    weight: 1,
    arbitrary: fc.tuple(object, fc.nat({ max: 60 })).map(([value, cut]) => JSON.stringify(value).slice(0, cut)),
  },
)
const asked: fc.Arbitrary<Asked> = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
  path: fc.tuple(path, query).map((parts) => parts.join('')),
  headers,
  body,
})

it('answers 10,000 requests of every shape without a fault, and keeps a state that is valid', {
  timeout: 120_000,
}, async () => {
  const server = await testServer()
  putSession(server.store)
  putRow(server.store, 'api')
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  onTestFinished(() => agent.destroy())
  let count = 0
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { minLength: perRun, maxLength: perRun }), async (batch) => {
      const answers = await Promise.all(batch.map((one) => statusOf(server, agent, one)))
      count += batch.length
      expect(batch.filter((_, index) => (answers[index] ?? 500) >= 500)).toEqual([])
      expect(await server.call('GET', '/healthz')).toMatchObject({ status: 200 })
    }),
    { numRuns: runs, endOnFailure: true },
  )
  expect(count).toBe(perRun * runs)
  await checkState(server)
})

/** The status of the answer; streams that would not end are left. */
function statusOf(server: TestServer, agent: Agent, { method, path, headers, body }: Asked): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = {
      ...headers,
      ...(method !== 'GET' && method !== 'HEAD' && { 'content-length': Buffer.byteLength(body) }),
    }
    const options = { agent, host: '127.0.0.1', port: server.server.port, method, path, headers: sent }
    const outgoing = request(options, (answer: IncomingMessage) => {
      const done = (): void => {
        clearTimeout(limit)
        resolve(answer.statusCode ?? 0)
      }
      const limit = setTimeout(() => outgoing.destroy(), 50)
      answer.resume()
      answer.on('close', done)
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? resolve(0) : reject(error)))
    outgoing.end('content-length' in sent ? body : undefined)
  })
}

async function checkState({ store, call }: TestServer): Promise<void> {
  const { definitions, kinds: schemas } = await apiSchemas()
  for (const { kind, plural } of servedKinds) {
    for (const { metadata, spec } of store.list(kind)) {
      expect(metadata.name).toMatch(/^[^/%]+$/)
      expect(Number(metadata.resourceVersion)).toBeLessThanOrEqual(store.revision)
      expect(check(definitions, schemas[kind]?.spec ?? {}, spec, 'spec')).toMatchObject({ wrong: [], unknown: [] })
    }
    const { status, body } = await call('GET', `${group}/${plural}`)
    expect(status).toBe(200)
    expect((body as { items: object[] }).items).toHaveLength(store.list(kind).length)
  }
  expect(await call('GET', '/api/view')).toMatchObject({ status: 200, body: { uiResources: [{ kind: 'UIResource' }] } })
}

/** As a careless client encodes: only what cannot stand in a request line. */
function encodeLoosely(text: string): string {
  return text.replace(/[^!-~]|[#?]/gu, (char) => encodeURIComponent(Buffer.from(char).toString()))
}
