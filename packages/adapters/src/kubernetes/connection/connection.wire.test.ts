import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kubernetes } from '@tiltts/runtime/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { certificate, key } from '../../docker/testing/certificate.js'
import {
  type Handler,
  type StandInOptions,
  type StandInServer,
  sendJson,
  standInServer,
  status,
} from '../testing/stand-in-server.js'

const open: StandInServer[] = []
const never = new AbortController().signal
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})
async function started(options?: StandInOptions): Promise<StandInServer> {
  const server = await standInServer(options)
  open.push(server)
  return server
}
const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'x' }
const path = 'GET /api/v1/namespaces/shop/configmaps/x'
const found: Handler = (_call, response) => sendJson(response, { metadata: { name: 'x' } })

/** Lets in whoever brings one of these headers. */
const guarded =
  (...allowed: readonly string[]): Handler =>
  (call, response) => {
    if (allowed.includes(String(call.headers['authorization']))) return void found(call, response)
    sendJson(response, status(401, 'Unauthorized', 'Unauthorized'), 401)
  }
const clientWith = async (server: StandInServer, user: object, cluster: object = {}): Promise<Kubernetes> => {
  const client = await server.client()
  await server.kubeconfig(user, cluster)
  return client
}

it('takes many requests at a time without a warning of Node', async () => {
  const server = await started()
  server.on(path, (call, response) => void setTimeout(() => found(call, response), 20))
  const client = await server.client()
  const warnings: string[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning.name)
  process.on('warning', onWarning)
  const answers = await Promise.all(Array.from({ length: 30 }, () => client.get(ref, new AbortController().signal)))
  process.off('warning', onWarning)
  expect(answers).toHaveLength(30)
  expect(warnings).toEqual([])
})

it('makes do with few connections for many requests at a time, and is not held up by streams', async () => {
  const server = await started()
  server.on(path, (call, response) => void setTimeout(() => found(call, response), 20))
  const pods = 'GET /api/v1/namespaces/shop/pods'
  server.on(pods, (call, response) => {
    if (!call.query.has('watch')) return sendJson(response, { metadata: { resourceVersion: '1' }, items: [] })
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
  })
  const client = await server.client()
  const following = Array.from(
    { length: 20 },
    () =>
      new Promise<void>((resolve) => {
        const selection = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop' }
        client.watch(selection, { onChange() {}, onState: ({ is }) => is === 'following' && resolve() })
      }),
  )
  await Promise.all(following)
  const before = server.connections()
  const answers = await Promise.all(Array.from({ length: 60 }, () => client.get(ref, new AbortController().signal)))
  expect(answers).toHaveLength(60)
  expect(server.connections() - before).toBeLessThanOrEqual(16)
})

describe('credentials of a kubeconfig', () => {
  it('brings a token along', async () => {
    const server = await started()
    server.on(path, guarded('Bearer secret'))
    const client = await clientWith(server, { token: 'secret' })
    expect(await client.get(ref, never)).toMatchObject({ metadata: { name: 'x' } })
  })

  it('brings user and password along, and for whom it acts', async () => {
    const server = await started()
    server.on(path, guarded(`Basic ${Buffer.from('me:pw').toString('base64')}`))
    const user = { username: 'me', password: 'pw', as: 'ann', 'as-groups': ['dev', 'ops'] }
    await (await clientWith(server, user)).get(ref, never)
    expect(server.asked.at(-1)?.headers).toMatchObject({ 'impersonate-user': 'ann', 'impersonate-group': 'dev, ops' })
  })

  it('reads a token file anew when its token is refused', async () => {
    const server = await started()
    const tokenFile = join(server.folder, 'token')
    await writeFile(tokenFile, 'old\n')
    server.on(path, guarded('Bearer old'))
    const client = await clientWith(server, { tokenFile: 'token' })
    await client.get(ref, never)
    await writeFile(tokenFile, 'new\n')
    server.on(path, guarded('Bearer new'))
    expect(await client.get(ref, never)).toBeDefined()
  })

  it('reads the kubeconfig anew when somebody has logged in again', async () => {
    const server = await started()
    server.on(path, guarded('Bearer new'))
    const client = await clientWith(server, { token: 'old' })
    await expect(client.get(ref, never)).rejects.toMatchObject({ code: 'kubernetes/unauthorized', retry: true })
    await server.kubeconfig({ token: 'new' })
    expect(await client.get(ref, never)).toBeDefined()
  })

  it('asks a command for credentials, once as long as they hold', async () => {
    const server = await started()
    const plugin = join(server.folder, 'plugin.sh')
    const log = join(server.folder, 'log')
    const answer = `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t$N"}}`
    const script = `#!/bin/sh\necho "$1 $EXTRA $KUBERNETES_EXEC_INFO" >> ${log}\nN=$(wc -l < ${log} | tr -d ' ')\ncat <<END\n${answer}\nEND\n`
    await writeFile(plugin, script)
    await chmod(plugin, 0o755)
    server.on(path, guarded('Bearer t1'))
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './plugin.sh',
      args: ['login'],
      env: [{ name: 'EXTRA', value: 'more' }],
    }
    const client = await clientWith(server, { exec })
    await Promise.all([client.get(ref, never), client.get(ref, never)])
    await client.get(ref, never)
    const lines = (await readFile(log, 'utf8')).trim().split('\n')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^login more \{"apiVersion":"client.authentication.k8s.io\/v1","kind":"ExecCredential"/)
    server.on(path, guarded('Bearer t2'))
    expect(await client.get(ref, never)).toBeDefined()
  })

  it('says what the command for credentials has said', async () => {
    const server = await started()
    const exec = { command: 'sh', args: ['-c', 'echo "session expired, run sso login" >&2; exit 4'] }
    const client = await clientWith(server, { exec })
    const error = client.get(ref, never)
    await expect(error).rejects.toMatchObject({ code: 'kubernetes/unauthorized' })
    await expect(error).rejects.toThrow(/exit code 4: session expired, run sso login/)
    const absent = await clientWith(await started(), {
      exec: { command: 'no-such-plugin', installHint: 'brew install it' },
    })
    await expect(absent.get(ref, never)).rejects.toThrow(/no-such-plugin.*brew install it/s)
  })

  it('brings the token of an OIDC login along', async () => {
    const server = await started()
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = `${part({ alg: 'none' })}.${part({ exp: Math.floor(Date.now() / 1000) + 3600 })}.x`
    server.on(path, guarded(`Bearer ${token}`))
    const client = await clientWith(server, { 'auth-provider': { name: 'oidc', config: { 'id-token': token } } })
    expect(await client.get(ref, never)).toBeDefined()
  })

  it('asks the command of an old cloud, and says whose login failed when nobody knows the provider', async () => {
    const server = await started()
    server.on(path, guarded('Bearer cloud-token'))
    const printed = { credential: { access_token: 'cloud-token', token_expiry: '2099-01-01T00:00:00Z' } }
    const answer = join(server.folder, 'answer.json')
    await writeFile(answer, JSON.stringify(printed))
    const config = {
      'cmd-path': 'cat',
      'cmd-args': answer,
      'token-key': '{.credential.access_token}',
      'expiry-key': '{.credential.token_expiry}',
    }
    const client = await clientWith(server, { 'auth-provider': { name: 'gcp', config } })
    expect(await client.get(ref, never)).toBeDefined()
    const unknown = await clientWith(await started(), { 'auth-provider': { name: 'nobody' } })
    await expect(unknown.get(ref, never)).rejects.toThrow(
      `the auth-provider nobody of the kubeconfig's user "kind-fake" failed: nobody knows it any more`,
    )
  })

  it('shows a client certificate, and trusts the authority of the kubeconfig', async () => {
    const server = await started({ tls: { cert: certificate, key, ca: certificate, requestCert: true } })
    const shown: unknown[] = []
    server.on(path, (call, response) => {
      const { socket } = response
      shown.push(socket && 'getPeerCertificate' in socket ? Object(socket).getPeerCertificate().subject?.CN : undefined)
      found(call, response)
    })
    const data = (text: string): string => Buffer.from(text).toString('base64')
    const user = { 'client-certificate-data': data(certificate), 'client-key-data': data(key) }
    const trusted = { 'certificate-authority-data': data(certificate), 'tls-server-name': 'localhost' }
    const client = await clientWith(server, user, trusted)
    await client.get(ref, never)
    expect(shown).toEqual(['localhost'])
    const untrusting = await clientWith(server, user)
    await expect(untrusting.get(ref, never)).rejects.toThrow(/no secure connection: .*certificate-authority/)
  })
})

describe('the connection to an API server', () => {
  it('is kept: many calls need few connections', async () => {
    const server = await started()
    server.on(path, found)
    const client = await clientWith(server, {})
    for (let call = 0; call < 20; call++) await client.get(ref, never)
    expect(server.connections()).toBeLessThan(4)
  })

  it('says where nothing answers, and works once something does', async () => {
    const server = await started()
    server.on(path, found)
    const client = await clientWith(server, {})
    await server.stop()
    const failed = client.get(ref, never)
    await expect(failed).rejects.toMatchObject({ code: 'kubernetes/unreachable', retry: true })
    await expect(failed).rejects.toThrow(
      `the Kubernetes cluster at ${server.url} (context kind-fake) does not answer: connection refused`,
    )
    await server.start()
    expect(await client.get(ref, never)).toBeDefined()
  })

  it('tells missing rights from a quota that is used up', async () => {
    const server = await started()
    const client = await clientWith(server, {})
    const right =
      'configmaps "x" is forbidden: User "dev" cannot get resource "configmaps" in API group "" in the namespace "shop"'
    server.json(path, status(403, 'Forbidden', right), 403)
    await expect(client.get(ref, never)).rejects.toMatchObject({ code: 'kubernetes/forbidden', message: right })
    const quota =
      'configmaps "x" is forbidden: exceeded quota: small, requested: configmaps=1, used: configmaps=2, limited: configmaps=2'
    server.json(path, status(403, 'Forbidden', quota), 403)
    await expect(client.get(ref, never)).rejects.toMatchObject({ code: 'kubernetes/refused', message: quota })
  })

  it('cuts a call short when it is aborted', async () => {
    const server = await started()
    server.on(path, () => {})
    const client = await clientWith(server, {})
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const call = client.get(ref, controller.signal)
    setTimeout(() => controller.abort(reason), 50)
    await expect(call).rejects.toBe(reason)
  })
})

describe('the context', () => {
  it('is pinned when it is first asked for, whatever the kubeconfig says later', async () => {
    const server = await started()
    server.on(path, found)
    const client = await server.client()
    expect(await client.context()).toEqual({
      name: 'kind-fake',
      namespace: 'shop',
      cluster: 'kind-fake',
      product: 'kind',
      isLocal: true,
    })
    await writeFile(join(server.folder, 'kind-fake-config'), JSON.stringify({ 'current-context': 'other' }))
    expect((await client.context())?.name).toBe('kind-fake')
    expect(await client.get(ref, never)).toBeDefined()
  })

  it('is looked for in all files of KUBECONFIG; the first to name something counts', async () => {
    const server = await started()
    const one = await server.kubeconfig({}, {}, 'gke_one')
    const two = await server.kubeconfig({}, {}, 'kind-two')
    const env = { KUBECONFIG: [join(server.folder, 'absent'), one, two].join(':') }
    expect(await (await server.client({ env })).context()).toMatchObject({
      name: 'gke_one',
      product: 'gke',
      isLocal: false,
    })
    const chosen = await server.client({ env, context: 'kind-two', namespace: 'mine' })
    expect(await chosen.context()).toMatchObject({ name: 'kind-two', namespace: 'mine', isLocal: true })
  })

  it('says which contexts there are when there is none of a name', async () => {
    const server = await started()
    const client = await server.client({ context: 'nope' })
    await expect(client.context()).rejects.toMatchObject({ code: 'kubernetes/no-context' })
    await expect(client.context()).rejects.toThrow(/no context "nope" in the kubeconfig .*; there are kind-fake$/)
  })

  it('is none without a kubeconfig, and found as soon as there is one', async () => {
    const server = await started()
    const file = join(server.folder, 'late')
    const client = await server.client({ env: { KUBECONFIG: file } })
    expect(await client.context()).toBeUndefined()
    await expect(client.get(ref, never)).rejects.toMatchObject({ code: 'kubernetes/no-context' })
    await writeFile(file, await readFile(await server.kubeconfig({}, {}, 'kind-late')))
    expect(await client.context()).toMatchObject({ name: 'kind-late' })
  })

  it('is written for commands of the user, alone and for nobody else to read', async () => {
    const server = await started()
    await writeFile(join(server.folder, 'token'), 'secret')
    const client = await clientWith(server, { tokenFile: 'token' })
    const frozen = await client.frozenKubeconfig()
    expect(await client.frozenKubeconfig()).toBe(frozen)
    expect((await stat(frozen)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(frozen, 'utf8'))).toMatchObject({
      'current-context': 'kind-fake',
      contexts: [{ name: 'kind-fake', context: { namespace: 'shop' } }],
      users: [{ user: { tokenFile: join(server.folder, 'token') } }],
    })
    await client.close()
    await expect(stat(frozen)).rejects.toThrow(/ENOENT/)
  })
})
