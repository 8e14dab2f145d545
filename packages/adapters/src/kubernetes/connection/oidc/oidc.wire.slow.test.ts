import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Kubernetes } from '@tiltts/runtime/ports'
import { afterEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type OidcIssuer, type OidcIssuerOptions, oidcIssuer } from '../../testing/oidc-issuer.js'
import { type StandInServer, sendJson, standInServer, status } from '../../testing/stand-in-server.js'

const never = new AbortController().signal
const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'x' }
const path = 'GET /api/v1/namespaces/shop/configmaps/x'
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

interface World {
  readonly issuer: OidcIssuer
  readonly server: StandInServer
  readonly file: string
  /** Writes what a login gives into the kubeconfig, as people's look. */
  logIn(config: Readonly<Record<string, string>>): Promise<void>
  /** What the kubeconfig says of the login. */
  saved(): Promise<Readonly<Record<string, string>>>
  client(env?: Readonly<Record<string, string>>): Promise<Kubernetes>
}

/** An issuer, and a server that lets in who brings a token of it. */
async function world(options?: OidcIssuerOptions): Promise<World> {
  const issuer = await oidcIssuer(options)
  const server = await standInServer()
  open.push(server, issuer)
  server.on(path, (call, response) => {
    const token = String(call.headers['authorization']).replace(/^Bearer /, '')
    if (issuer.accepts(token)) return sendJson(response, { metadata: { name: 'x' } })
    sendJson(response, status(401, 'Unauthorized', 'Unauthorized'), 401)
  })
  const file = join(server.folder, 'config')
  return {
    issuer,
    server,
    file,
    async logIn(config) {
      const fields = Object.entries(config).map(([name, value]) => `          ${name}: ${value}`)
      const text = `# mine
current-context: kind-fake
contexts:
- {name: kind-fake, context: {cluster: kind-fake, user: ann, namespace: shop}}
clusters:
- {name: kind-fake, cluster: {server: "${server.url}"}}
users:
- name: other
  user: {token: abc}
- name: ann # that is me
  user:
    auth-provider:
      name: oidc
      config:
${fields.join('\n')}
`
      await writeFile(file, text, { mode: 0o600 })
    },
    async saved() {
      const { users } = parse(await readFile(file, 'utf8'))
      return users[1].user['auth-provider'].config
    },
    client: (env = {}) => server.client({ env: { PATH: process.env['PATH'] ?? '', KUBECONFIG: file, ...env } }),
  }
}

describe('an OIDC login of a kubeconfig', () => {
  it('is used as it is while its token holds', async () => {
    const w = await world()
    await w.logIn(w.issuer.login())
    const client = await w.client()
    expect(await client.get(ref, never)).toBeDefined()
    expect(w.issuer.refreshed).toEqual([])
  })

  it('is refreshed before its token is sent that has expired, once for all calls', async () => {
    const w = await world()
    const login = w.issuer.login({ expiresInSeconds: -10 })
    await w.logIn(login)
    const client = await w.client()
    expect(await Promise.all([1, 2, 3].map(() => client.get(ref, never)))).toHaveLength(3)
    expect(w.issuer.refreshed).toEqual([login['refresh-token']])
    expect(w.issuer.last()?.form.get('client_id')).toBe('tiltts')
  })

  it('goes on being refreshed with what the issuer gave last', async () => {
    const w = await world({ expiresInSeconds: 2 })
    await w.logIn(w.issuer.login({ expiresInSeconds: -10 }))
    const client = await w.client()
    for (let turn = 0; turn < 4; turn++) {
      expect(await client.get(ref, never)).toBeDefined()
      await new Promise((resolve) => setTimeout(resolve, 700))
    }
    expect(w.issuer.refreshed.length).toBeGreaterThan(1)
    expect(new Set(w.issuer.refreshed).size).toBe(w.issuer.refreshed.length)
  })

  it('is written back into the kubeconfig, so that kubectl can go on with it, and nothing else is changed', async () => {
    const w = await world()
    const login = w.issuer.login({ expiresInSeconds: -10 })
    await w.logIn(login)
    const before = await readFile(w.file, 'utf8')
    await (await w.client()).get(ref, never)
    const saved = await w.saved()
    expect(w.issuer.accepts(saved['id-token'] ?? '')).toBe(true)
    expect(saved['refresh-token']).not.toBe(login['refresh-token'])
    const after = await readFile(w.file, 'utf8')
    const without = (text: string, from: Readonly<Record<string, string>>): string =>
      text.replace(from['id-token'] ?? '', 'T').replace(from['refresh-token'] ?? '', 'R')
    expect(parse(without(after, saved))).toEqual(parse(without(before, login)))
    expect(after).toMatch(/^# mine\n/)
    expect(after).toContain('- name: ann # that is me\n')
    expect((await stat(w.file)).mode & 0o777).toBe(0o600)
    // A session of its own starts from there.
    expect(await (await w.client()).get(ref, never)).toBeDefined()
    expect(w.issuer.refreshed).toHaveLength(1)
  })

  it('is taken from the kubeconfig when somebody else has refreshed it', async () => {
    const w = await world()
    const old = w.issuer.login()
    await w.logIn(old)
    const client = await w.client()
    await client.get(ref, never)
    w.server.on(path, (call, response) => {
      const isOld = call.headers['authorization'] === `Bearer ${old['id-token']}`
      if (!isOld) return sendJson(response, { metadata: { name: 'x' } })
      sendJson(response, status(401, 'Unauthorized', 'Unauthorized'), 401)
    })
    await w.logIn(w.issuer.login())
    expect(await client.get(ref, never)).toBeDefined()
    expect(w.issuer.refreshed).toEqual([])
  })

  it('goes on in the session where the kubeconfig is locked by another program', async () => {
    const w = await world({ expiresInSeconds: 2 })
    await w.logIn(w.issuer.login({ expiresInSeconds: -10 }))
    await writeFile(`${w.file}.lock`, '')
    const before = await readFile(w.file, 'utf8')
    const client = await w.client()
    await client.get(ref, never)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(await client.get(ref, never)).toBeDefined()
    expect(new Set(w.issuer.refreshed).size).toBe(2)
    expect(await readFile(w.file, 'utf8')).toBe(before)
  })

  it('is refreshed when the cluster refuses a token that should hold', async () => {
    const w = await world()
    const other = await oidcIssuer()
    open.push(other)
    await w.logIn({ ...w.issuer.login(), 'id-token': other.login()['id-token'] ?? '' })
    expect(await (await w.client()).get(ref, never)).toBeDefined()
    expect(w.issuer.refreshed).toHaveLength(1)
  })

  it('says who has to log in again when the issuer refuses, asks it no more for a while, and goes on after it', async () => {
    const w = await world()
    await w.logIn(w.issuer.login({ expiresInSeconds: -10 }))
    w.issuer.revoke()
    const client = await w.client()
    const failed = client.get(ref, never)
    await expect(failed).rejects.toMatchObject({ code: 'kubernetes/unauthorized', retry: true })
    await expect(failed).rejects.toThrow(
      `the OIDC login of the kubeconfig's user "ann" is over: its token has expired, and ${w.issuer.url} refuses the refresh token: invalid_grant: the session was ended; log in again`,
    )
    for (let turn = 0; turn < 5; turn++) await expect(client.get(ref, never)).rejects.toThrow('invalid_grant')
    expect(w.issuer.refreshed).toHaveLength(1)
    await w.logIn(w.issuer.login())
    await expect
      .poll(() => client.get(ref, never).catch(() => undefined), { timeout: 8000, interval: 500 })
      .toBeDefined()
  }, 15_000)

  it('says that there is no refresh token, or no issuer', async () => {
    const w = await world()
    const { 'refresh-token': _, ...login } = w.issuer.login({ expiresInSeconds: -10 })
    await w.logIn(login)
    await expect((await w.client()).get(ref, never)).rejects.toThrow(
      /user "ann" .*there is no refresh-token; log in again$/,
    )
    await w.logIn({ ...w.issuer.login({ expiresInSeconds: -10 }), 'idp-issuer-url': 'https://localhost:1' })
    await expect((await w.client()).get(ref, never)).rejects.toThrow(
      /user "ann" .*https:\/\/localhost:1 does not answer: connection refused/,
    )
    const { 'idp-certificate-authority-data': __, ...untrusted } = w.issuer.login({ expiresInSeconds: -10 })
    await w.logIn(untrusted)
    await expect((await w.client()).get(ref, never)).rejects.toThrow(/does not answer: no secure connection/)
  })

  it('brings the secret of its client along', async () => {
    const w = await world({ clientSecret: 's3cret' })
    await w.logIn(w.issuer.login({ expiresInSeconds: -10 }))
    expect(await (await w.client()).get(ref, never)).toBeDefined()
    expect(w.issuer.last()?.form.has('client_secret')).toBe(false)
  })

  it('finds the authority of the issuer beside the kubeconfig', async () => {
    const w = await world()
    const { 'idp-certificate-authority-data': _, ...login } = w.issuer.login({ expiresInSeconds: -10 })
    await writeFile(join(w.server.folder, 'idp.crt'), w.issuer.authority)
    await w.logIn({ ...login, 'idp-certificate-authority': 'idp.crt' })
    expect(await (await w.client()).get(ref, never)).toBeDefined()
  })

  it('gives commands of the user a token, and keeps the refresh token for itself', async () => {
    const w = await world()
    await w.logIn(w.issuer.login({ expiresInSeconds: -10 }))
    const client = await w.client()
    const { users } = JSON.parse(await readFile(await client.frozenKubeconfig(), 'utf8'))
    expect(Object.keys(users[0].user)).toEqual(['token'])
    expect(w.issuer.accepts(users[0].user.token)).toBe(true)
  })
})

describe('a command for credentials', () => {
  /** It prints tokens that hold so long; a line of `runs` for each time it was run. */
  const plugin = async (
    server: StandInServer,
    body: string,
  ): Promise<{ runs: () => Promise<number>; user: object }> => {
    const log = join(server.folder, 'runs')
    const file = join(server.folder, 'plugin.cjs')
    await writeFile(log, '')
    await writeFile(
      file,
      `#!${process.execPath}\nrequire('node:fs').appendFileSync(${JSON.stringify(log)}, 'run\\n')\nconst run = require('node:fs').readFileSync(${JSON.stringify(log)}, 'utf8').split('\\n').length - 1\n${body}`,
    )
    await chmod(file, 0o755)
    const runs = async (): Promise<number> => (await readFile(log, 'utf8')).split('\n').length - 1
    return { runs, user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: file } } }
  }
  const started = async (): Promise<StandInServer> => {
    const server = await standInServer()
    open.push(server)
    return server
  }

  it('is run again when what it gave expires, before the server has to say so', async () => {
    const server = await started()
    server.on(path, (_call, response) => sendJson(response, { metadata: { name: 'x' } }))
    const { runs, user } = await plugin(
      server,
      `console.log(JSON.stringify({ status: { token: 't' + run, expirationTimestamp: new Date(Date.now() + 3000).toISOString() } }))`,
    )
    const client = await server.client()
    await server.kubeconfig(user)
    await client.get(ref, never)
    await client.get(ref, never)
    expect(await runs()).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 1800))
    await client.get(ref, never)
    expect(await runs()).toBe(2)
    const tokens = server.asked.map(({ headers }) => headers['authorization'])
    expect(tokens.at(-1)).toBe('Bearer t2')
  })

  it('is left in peace for a while when it fails, or when the server refuses what it gives', async () => {
    const server = await started()
    server.json(path, status(401, 'Unauthorized', 'Unauthorized'), 401)
    server.json('GET /api/v1', status(401, 'Unauthorized', 'Unauthorized'), 401)
    const failing = await plugin(server, `console.error('not logged in'); process.exit(1)`)
    const client = await server.client()
    await server.kubeconfig(failing.user)
    for (let turn = 0; turn < 5; turn++) await expect(client.get(ref, never)).rejects.toThrow('not logged in')
    expect(await failing.runs()).toBe(1)
    const useless = await plugin(server, `console.log(JSON.stringify({ status: { token: 'x' } }))`)
    const other = await server.client()
    await server.kubeconfig(useless.user)
    for (let turn = 0; turn < 5; turn++) {
      await expect(other.get(ref, never)).rejects.toMatchObject({ code: 'kubernetes/unauthorized' })
    }
    expect(await useless.runs()).toBe(2)
  })

  it('that waits for a login holds nobody longer than wanted, and is not run twice', async () => {
    const server = await started()
    server.on(path, (_call, response) => sendJson(response, { metadata: { name: 'x' } }))
    const { runs, user } = await plugin(
      server,
      `setTimeout(() => console.log(JSON.stringify({ status: { token: 'x' } })), 1500)`,
    )
    const client = await server.client()
    await server.kubeconfig(user)
    const reason = new Error('changed my mind')
    const controller = new AbortController()
    const first = client.get(ref, controller.signal)
    setTimeout(() => controller.abort(reason), 100)
    await expect(first).rejects.toBe(reason)
    expect(await client.get(ref, never)).toBeDefined()
    expect(await runs()).toBe(1)
  })
})
