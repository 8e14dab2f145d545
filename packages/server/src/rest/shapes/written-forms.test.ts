import type { ProbeSpec } from '@tiltts/spec'
import { beforeEach, expect, it } from 'vitest'
import { group, type TestServer, testServer } from '../../testing/test-server.js'
import { putShop, wire } from './wire-form.test.support.js'

let api: TestServer
beforeEach(async () => {
  api = await testServer()
})

const merge = { 'content-type': 'application/merge-patch+json' }
const object = (kind: string, name: string, spec: object): object => ({
  apiVersion: 'tilt.dev/v1alpha1',
  kind,
  metadata: { name },
  spec,
})
const probeOf = (): ProbeSpec | undefined => api.store.get('Cmd', 'web')?.spec.probe
const putCmd = (probe: ProbeSpec): void =>
  void api.store.update({ by: 'test' }, (tx) =>
    tx.put('Cmd', 'web', { args: ['web'], dir: '/', env: [], role: 'server', probe }, { ready: false, restarts: 0 }),
  )
const timing = { initialDelayMs: 0, periodMs: 10_000, timeoutMs: 1_000, successThreshold: 1, failureThreshold: 3 }
const seconds = {
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
}

it('API-44: a Cmd that a client makes is what the engine runs, and is read as it was written', async () => {
  const spec = {
    args: ['node', 'main.js'],
    dir: '/shop',
    env: ['PORT=80'],
    readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 2 },
    disableSource: { configMap: { name: 'web-disable', key: 'isDisabled' } },
  }
  const made = await api.call('POST', `${group}/cmds`, object('Cmd', 'web', spec))
  expect(made.status).toBe(201)
  expect(api.store.get('Cmd', 'web')?.spec).toMatchObject({
    args: ['node', 'main.js'],
    probe: { ...timing, action: { kind: 'tcp', port: 80, host: 'localhost' }, periodMs: 2_000 },
  })
  expect(await wire(api, 'cmds', 'web')).toMatchObject({
    spec: { ...spec, readinessProbe: { ...seconds, tcpSocket: { port: 80, host: 'localhost' }, periodSeconds: 2 } },
    status: { ready: false, disableStatus: { disabled: false, state: 'Pending' } },
  })
})

it('API-44: a Cmd is waiting, running or terminated', async () => {
  putCmd({ ...timing, action: { kind: 'tcp', port: 80, host: 'localhost' } })
  const startedAt = '2026-01-02T03:04:05.000000Z'
  const terminated = { pid: 7, exitCode: 1, startedAt, finishedAt: startedAt, reason: 'killed' }
  for (const state of [{ waiting: { reason: 'x' } }, { running: { pid: 7, startedAt } }, { terminated }]) {
    api.store.update({ by: 'test' }, (tx) => tx.status('Cmd', 'web', () => ({ ...state, ready: true, restarts: 0 })))
    expect(await wire(api, 'cmds', 'web')).toMatchObject({ status: { ...state, ready: true } })
  }
})

it.each([
  [
    { kind: 'http', port: 80, host: 'localhost', path: '/', scheme: 'https', headers: { A: 'b' } },
    {
      httpGet: { port: 80, host: 'localhost', path: '/', scheme: 'HTTPS', httpHeaders: [{ name: 'A', value: 'b' }] },
    },
  ],
  [{ kind: 'tcp', port: 80, host: 'db' }, { tcpSocket: { port: 80, host: 'db' } }],
  [{ kind: 'exec', command: { argv: ['ls', '/'], display: 'ls /' } }, { exec: { command: ['ls', '/'] } }],
  [{ kind: 'log', pattern: 'ready', flags: 'i' }, { log: { pattern: 'ready', flags: 'i' } }],
] as const)('API-45: a probe is read and written as Kubernetes does: %j', async (action, form) => {
  putCmd({ ...timing, action })
  expect(await wire(api, 'cmds', 'web')).toMatchObject({ spec: { readinessProbe: { ...seconds, ...form } } })
  const spec = { args: ['copy'], dir: '/', readinessProbe: { ...form } }
  await api.call('POST', `${group}/cmds`, object('Cmd', 'copy', spec))
  expect(api.store.get('Cmd', 'copy')?.spec.probe).toEqual({ ...timing, action })
})

it('API-45: a probe has one action; the answer names what is wrong with it', async () => {
  const readinessProbe = { tcpSocket: { port: 80 }, exec: { command: ['ls'] } }
  const body = object('Cmd', 'web', { args: ['x'], dir: '/', readinessProbe })
  expect(await api.call('POST', `${group}/cmds`, body)).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining('spec.readinessProbe: exactly one of') },
  })
})

it('API-45: a change of something else leaves a probe as it was, with what its form cannot say', async () => {
  const probe: ProbeSpec = {
    ...timing,
    periodMs: 500,
    action: { kind: 'check', fn: { $fn: 'probe:web/check', hash: 'h' } },
  }
  putCmd(probe)
  expect(await wire(api, 'cmds', 'web')).toMatchObject({ spec: { readinessProbe: { periodSeconds: 1 } } })
  expect((await api.call('PATCH', `${group}/cmds/web`, { spec: { env: ['A=1'] } }, merge)).status).toBe(200)
  expect(api.store.get('Cmd', 'web')?.spec).toMatchObject({ env: ['A=1'], probe })
  await api.call(
    'PATCH',
    `${group}/cmds/web`,
    { spec: { readinessProbe: { check: null, exec: { command: ['ls'] } } } },
    merge,
  )
  expect(probeOf()?.action).toMatchObject({ kind: 'exec', command: { argv: ['ls'] } })
})

it('API-16: a dry run answers in the form of the wire, and changes nothing', async () => {
  const spec = { args: ['x'], dir: '/', readinessProbe: { tcpSocket: { port: 80 } } }
  expect(await api.call('POST', `${group}/cmds?dryRun=All`, object('Cmd', 'web', spec))).toMatchObject({
    body: { spec: { readinessProbe: { tcpSocket: { port: 80, host: 'localhost' }, periodSeconds: 10 } } },
  })
  expect(api.store.get('Cmd', 'web')).toBeUndefined()
})

it('API-46: a FileWatch has its paths, what it leaves out, and the newest events', async () => {
  const spec = { watchedPaths: ['/shop/web'], ignores: [{ basePath: '/shop', patterns: ['dist'] }] }
  await api.call('POST', `${group}/filewatches`, object('FileWatch', 'web', spec))
  const time = '2026-01-02T03:04:05.000000Z'
  const fileEvents = [{ time, seenFiles: ['/shop/web/a.ts'], sequence: 1 }]
  const status = { monitorStartTime: time, lastEventTime: time, fileEvents }
  api.store.update({ by: 'test' }, (tx) => tx.status('FileWatch', 'web', () => status))
  expect(await wire(api, 'filewatches', 'web')).toEqual({ spec, status })
})

it('API-51: what the config deploys is not changed by clients', async () => {
  putShop(api.store)
  expect(await api.call('PATCH', `${group}/kubernetesapplys/web`, { spec: { timeout: '5s' } }, merge)).toMatchObject({
    status: 403,
    body: { message: expect.stringContaining('what the config deploys is changed in the config') },
  })
})

it('API-51, API-52: what is done for the config alone is refused of clients, with all of it named', async () => {
  const refusal = async (plural: string, kind: string, spec: object): Promise<unknown> => {
    const { status, body } = await api.call('POST', `${group}/${plural}`, object(kind, 'mine', spec))
    return [status, (body as { message: string }).message.match(/spec\.\w+ is not taken/g)]
  }
  const apply = { yaml: 'kind: ConfigMap', imageMaps: ['web'], podLogStreamTemplateSpec: {} }
  expect(await refusal('kubernetesapplys', 'KubernetesApply', apply)).toEqual([
    422,
    ['spec.imageMaps is not taken', 'spec.podLogStreamTemplateSpec is not taken'],
  ])
  const discovery = { watches: [{ namespace: 'x' }], portForwardTemplateSpec: { forwards: [] } }
  expect(await refusal('kubernetesdiscoveries', 'KubernetesDiscovery', discovery)).toEqual([
    422,
    ['spec.portForwardTemplateSpec is not taken'],
  ])
  const bare = { yaml: 'kind: ConfigMap', imageMaps: [] }
  expect((await api.call('POST', `${group}/kubernetesapplys`, object('KubernetesApply', 'mine', bare))).status).toBe(
    201,
  )
})

it('the schemas are those of the forms that clients read', async () => {
  const { body } = await api.call('GET', '/openapi/v2')
  const { definitions } = body as { definitions: Record<string, { properties: Record<string, unknown> }> }
  const fieldsOf = (name: string): readonly string[] =>
    Object.keys(definitions[`dev.tilt.v1alpha1.${name}`]?.properties ?? {})
  expect(fieldsOf('CmdSpec')).toContain('readinessProbe')
  expect(fieldsOf('CmdSpec')).not.toContain('probe')
  expect(fieldsOf('Probe')).toEqual(expect.arrayContaining(['exec', 'httpGet', 'tcpSocket', 'periodSeconds']))
  expect(fieldsOf('KubernetesDiscoveryStatus')).toEqual(expect.arrayContaining(['monitorStartTime', 'running', 'pods']))
  expect(fieldsOf('Pod')).toEqual(expect.arrayContaining(['initContainers', 'ancestorUID', 'podTemplateSpecHash']))
  expect(fieldsOf('ImageMapSpec')).toContain('selector')
})
