import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../../../clock/index.js'
import { createProcesses } from '../../../processes/index.js'
import { describeWithKubernetes } from '../../testing/needs-kubernetes.js'
import { type OidcCluster, oidcCluster } from '../../testing/oidc-cluster.js'
import { createHttpTransport, type HttpTransport } from '../http-transport.js'
import { pinContext } from '../pinned-context.js'

let cluster: OidcCluster
const open: { close(): Promise<void> }[] = []

async function connected(config: Readonly<Record<string, string>>): Promise<HttpTransport> {
  const env = { KUBECONFIG: await cluster.kubeconfig(config) }
  const pinned = await pinContext({ env })
  if (!pinned) throw new Error('there is no context')
  const stateFolder = join(cluster.folder, 'state')
  const processes = createProcesses({ sessionId: cluster.folder, stateFolder, reaper: false })
  const transport = createHttpTransport({ pinned, processes, env, clock: systemClock() })
  open.push(transport, { close: () => processes.close(0) })
  return transport
}

/** Whom the API server takes us for. */
async function whoAmI(transport: HttpTransport): Promise<unknown> {
  const apiVersion = 'authentication.k8s.io/v1'
  const { body } = await transport.request('POST', `/apis/${apiVersion}/selfsubjectreviews`, {
    body: { apiVersion, kind: 'SelfSubjectReview' },
  })
  return (body as { readonly status: { readonly userInfo: { readonly username: string } } }).status.userInfo.username
}

describeWithKubernetes('an API server with OIDC', () => {
  beforeAll(async () => {
    cluster = await oidcCluster({ expiresInSeconds: 6 })
  }, 90_000)
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })
  afterAll(() => cluster?.close())

  it('lets the user of a fresh login in, and one whose token has expired after a refresh', async () => {
    expect(await whoAmI(await connected(cluster.issuer.login()))).toBe('ann')
    expect(cluster.issuer.refreshed).toHaveLength(0)
    expect(await whoAmI(await connected(cluster.issuer.login({ expiresInSeconds: -60 })))).toBe('ann')
    expect(cluster.issuer.refreshed).toHaveLength(1)
    // What was written is good for kubectl, which knows no more than the file and refreshes it in turn.
    const env = { ...process.env, KUBECONFIG: join(cluster.folder, 'kubeconfig') }
    const argv = ['auth', 'whoami', '--output', 'jsonpath={.status.userInfo.username}']
    expect(await promisify(execFile)('kubectl', argv, { env })).toEqual({ stdout: 'ann', stderr: '' })
    expect(cluster.issuer.refreshed.length).toBeGreaterThan(1)
  }, 30_000)

  it('is answered without a refusal while tokens expire, over many of them', async () => {
    const transport = await connected(cluster.issuer.login({ expiresInSeconds: -60 }))
    const before = cluster.issuer.refreshed.length
    for (const end = Date.now() + 14_000; Date.now() < end; await sleep(500))
      expect(await whoAmI(transport)).toBe('ann')
    expect(cluster.issuer.refreshed.length - before).toBeGreaterThanOrEqual(3)
    expect(cluster.issuer.refreshed.length - before).toBeLessThanOrEqual(8)
  }, 40_000)

  it('goes on after a token that the issuer never gave, by a refresh', async () => {
    const login = cluster.issuer.login()
    const [head, , signature] = String(login['id-token']).split('.')
    const claims = Buffer.from(JSON.stringify({ sub: 'root', exp: 2_000_000_000 })).toString('base64url')
    const transport = await connected({ ...login, 'id-token': `${head}.${claims}.${signature}` })
    expect(await whoAmI(transport)).toBe('ann')
  }, 30_000)

  it('says who has to log in again when the login was ended', async () => {
    const transport = await connected(cluster.issuer.login({ expiresInSeconds: -60 }))
    const before = await readFile(join(cluster.folder, 'kubeconfig'), 'utf8')
    cluster.issuer.revoke()
    const failed = whoAmI(transport)
    await expect(failed).rejects.toMatchObject({ code: 'kubernetes/unauthorized' })
    await expect(failed).rejects.toThrow(
      /user "ann" is over: .* refuses the refresh token: invalid_grant.*log in again$/,
    )
    expect(await readFile(join(cluster.folder, 'kubeconfig'), 'utf8')).toBe(before)
  }, 30_000)
})
