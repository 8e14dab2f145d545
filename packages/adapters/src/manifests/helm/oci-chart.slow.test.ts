import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import type { Manifests } from '@tiltts/runtime/ports'
import type { HelmRemote } from '@tiltts/spec'
import { afterEach, expect, it } from 'vitest'
import { createProcesses } from '../../processes/index.js'
import { describeWithHelm } from '../testing/needs-helm.js'
import { type RealManifests, realManifests } from '../testing/real-manifests.js'

const never = new AbortController().signal
/** As htpasswd -B writes it: the password is hunter2. */
const HTPASSWD = 'me:$2b$05$abcdefghijklmnopqrstuuoXuKqgZXLiJqzfmMXDDhSFPIvxV7t8.\n'
const open: (() => Promise<void>)[] = []

interface Registry {
  readonly h: RealManifests
  /** `oci://127.0.0.1:…/charts` */
  readonly url: string
  /** Pushes a version of the chart `web`, and tells its digest. */
  push(version: string): Promise<string>
  /** The registry is away for the rest of the test. */
  stop(): Promise<void>
  load(chart: string, remote?: HelmRemote, manifests?: Manifests): ReturnType<Manifests['load']>
  /** As the next session has it. */
  next(): Manifests
  templates(): number
}

/** A registry of its own on this machine; with a login, `me` is let in. */
async function registry({ login = false } = {}): Promise<Registry> {
  const h = await realManifests()
  const processes = createProcesses({ sessionId: h.dir, stateFolder: join(h.dir, 'state'), reaper: false })
  open.push(h.close, () => processes.close(0))
  const folder = join(h.dir, 'registry')
  await mkdir(folder)
  const port = await freePort()
  const passwords = join(h.dir, 'htpasswd')
  await writeFile(passwords, HTPASSWD)
  const config = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: `127.0.0.1:${port}` },
    ...(login && { auth: { htpasswd: { realm: 'test', path: passwords } } }),
  }
  const file = await h.write('registry.yml', JSON.stringify(config))
  const env = { PATH: process.env['PATH'] ?? '', HOME: h.dir }
  const running = processes.spawn({ argv: ['docker-registry', 'serve', file], dir: h.dir, env, oneOff: true })
  await expect.poll(() => answers(port), { timeout: 10_000 }).toBe(true)
  const homes = ['HELM_CACHE_HOME', 'HELM_CONFIG_HOME', 'HELM_DATA_HOME']
  const own = Object.fromEntries(homes.map((name) => [name, join(h.dir, name)]))
  const publisher = { ...process.env, HELM_REGISTRY_CONFIG: join(h.dir, 'publisher.json') }
  const helm = (argv: readonly string[], input = ''): string => {
    const { stderr, status } = spawnSync('helm', argv, { env: publisher, input, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    return stderr
  }
  if (login) helm(['registry', 'login', `127.0.0.1:${port}`, '--username', 'me', '--password-stdin'], 'hunter2')
  const manifests = h.reopen(own)
  return {
    h,
    url: `oci://127.0.0.1:${port}/charts`,
    async push(version) {
      const rendered = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {v: "{{ .Chart.Version }}"}\n'
      const chart = await h.chart('web', rendered)
      await h.write('web/Chart.yaml', `apiVersion: v2\nname: web\nversion: ${version}\n`)
      execFileSync('helm', ['package', chart, '--destination', h.dir], { stdio: 'ignore' })
      const said = helm(['push', join(h.dir, `web-${version}.tgz`), `oci://127.0.0.1:${port}/charts`, '--plain-http'])
      return /Digest: (\S+)/.exec(said)?.[1] ?? ''
    },
    stop: () => running.stop(0),
    load: (chart, remote = {}, from = manifests) =>
      from.load(
        [{ type: 'helm', chart, name: 'web', values: [], set: [], skipCrds: false, namespace: 'dev', remote }],
        never,
      ),
    next: () => h.reopen(own),
    templates: () => h.started.filter((one) => one.includes(' template ')).length,
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    socket.once('connect', () => socket.end())
  })
}

const found = ({ documents, diagnostics }: Awaited<ReturnType<Manifests['load']>>): unknown => {
  expect(diagnostics).toEqual([])
  return documents.map(({ object }) => [object.metadata.name, object.metadata.namespace, object['data']])
}
const version = (v: string): unknown => [['a', 'dev', { v }]]

describeWithHelm('charts of an OCI registry', () => {
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close()
  })

  it('EXT-41: are fetched once with an exact version or a digest, and then without the network in all sessions', async () => {
    const r = await registry()
    const chart = `${r.url}/web`
    const digest = await r.push('0.1.0')
    await r.push('0.2.0')
    const exact = { version: '0.1.0' }
    const byDigest = `${chart}@${digest}`
    expect(found(await r.load(chart, exact))).toEqual(version('0.1.0'))
    expect(found(await r.load(byDigest))).toEqual(version('0.1.0'))
    expect(found(await r.load(chart))).toEqual(version('0.2.0'))
    expect(r.templates()).toBe(3)
    await r.stop()
    expect(found(await r.load(chart))).toEqual(version('0.2.0'))
    const next = r.next()
    expect(found(await r.load(chart, exact, next))).toEqual(version('0.1.0'))
    expect(found(await r.load(byDigest, {}, next))).toEqual(version('0.1.0'))
    expect(r.templates()).toBe(3)
    const { diagnostics } = await r.load(chart, {}, next)
    expect(diagnostics).toMatchObject([{ code: 'helm/failed', message: expect.stringContaining('refused') }])
  })

  it('EXT-41: are the newest once a session without a version', async () => {
    const r = await registry()
    await r.push('0.1.0')
    expect(found(await r.load(`${r.url}/web`))).toEqual(version('0.1.0'))
    await r.push('0.2.0')
    expect(found(await r.load(`${r.url}/web`))).toEqual(version('0.1.0'))
    expect(found(await r.load(`${r.url}/web`, {}, r.next()))).toEqual(version('0.2.0'))
  })

  it('EXT-43: are fetched with a password that is on no command line and in no folder of helm', async () => {
    const r = await registry({ login: true })
    await r.push('0.1.0')
    const access = { version: '0.1.0', username: 'me', password: 'hunter2' }
    expect(found(await r.load(`${r.url}/web`, access))).toEqual(version('0.1.0'))
    expect(r.h.started.join('\n')).not.toContain('hunter2')
    // Nobody was logged in for good by that.
    expect((await r.load(`${r.url}/web`)).diagnostics).toMatchObject([
      { code: 'helm/failed', hint: expect.stringContaining('helm registry login') },
    ])
    const wrong = await r.load(`${r.url}/web`, { ...access, version: '0.1.1', password: 'wrong' })
    expect(wrong.diagnostics).toMatchObject([{ code: 'helm/failed', message: expect.stringContaining('401') }])
  })

  it('are said not to be there', async () => {
    const r = await registry()
    await r.push('0.1.0')
    const failed = async (chart: string, remote?: HelmRemote): Promise<unknown> =>
      (await r.load(chart, remote)).diagnostics[0]?.message
    expect(await failed(`${r.url}/web`, { version: '9.9.9' })).toMatch(/^helm template: .*web:9\.9\.9: not found/)
    expect(await failed(`${r.url}/nope`)).toMatch(/^helm template: .*charts\/nope.* 404/)
  })
})
