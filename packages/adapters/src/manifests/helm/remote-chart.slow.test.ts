import { execFileSync } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Manifests } from '@tiltts/runtime/ports'
import type { HelmRemote } from '@tiltts/spec'
import { afterEach, expect, it } from 'vitest'
import { describeWithHelm } from '../testing/needs-helm.js'
import { type RealManifests, realManifests } from '../testing/real-manifests.js'

const never = new AbortController().signal
const open: RealManifests[] = []
const servers: Server[] = []

interface Repository {
  readonly h: RealManifests
  readonly url: string
  /** Puts a version of a chart into it. */
  readonly publish: (version: string) => Promise<void>
  readonly load: (remote: HelmRemote, manifests?: Manifests) => ReturnType<Manifests['load']>
  /** How often a chart was rendered. */
  readonly templates: () => number
}

/** A repository of charts on this machine; with `password`, it lets nobody else in. */
async function repository(password?: string): Promise<Repository> {
  const home = { HELM_CACHE_HOME: '', HELM_CONFIG_HOME: '', HELM_DATA_HOME: '' }
  const h = await realManifests()
  open.push(h)
  const folder = join(h.dir, 'repository')
  await mkdir(folder)
  const server = createServer((request, response) => {
    const expected = `Basic ${Buffer.from(`me:${password}`).toString('base64')}`
    if (password !== undefined && request.headers.authorization !== expected) {
      response.writeHead(401).end()
      return
    }
    readFile(join(folder, String(request.url))).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    )
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const own = Object.fromEntries(Object.keys(home).map((name) => [name, join(h.dir, name)]))
  const manifests = h.reopen(own)
  return {
    h,
    url,
    async publish(version) {
      const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {v: "{{ .Chart.Version }}"}\n'
      const chart = await h.chart('web', configMap)
      await h.write('web/Chart.yaml', `apiVersion: v2\nname: web\nversion: ${version}\n`)
      execFileSync('helm', ['package', chart, '--destination', folder], { stdio: 'ignore' })
      execFileSync('helm', ['repo', 'index', folder, '--url', url], { stdio: 'ignore' })
    },
    load: (remote, from = manifests) =>
      from.load(
        [{ type: 'helm', chart: 'web', name: 'web', values: [], set: [], skipCrds: false, namespace: 'dev', remote }],
        never,
      ),
    templates: () => h.started.filter((one) => one.includes(' template ')).length,
  }
}

const found = ({ documents, diagnostics }: Awaited<ReturnType<Manifests['load']>>): unknown => {
  expect(diagnostics).toEqual([])
  return documents.map(({ object }) => [object.metadata.name, object.metadata.namespace, object['data']])
}
const version = (v: string): unknown => [['a', 'dev', { v }]]

describeWithHelm('charts of a repository', () => {
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close()
    for (const one of open.splice(0)) await one.close()
  })

  it('EXT-41: fetches the newest once a session, and one of an exact version once', async () => {
    const { h, url, publish, load, templates } = await repository()
    await publish('0.1.0')
    expect(found(await load({ repoUrl: url }))).toEqual(version('0.1.0'))
    expect(found(await load({ repoUrl: url, version: '0.1.0' }))).toEqual(version('0.1.0'))
    await publish('0.2.0')
    expect(found(await load({ repoUrl: url, version: '0.1.0' }))).toEqual(version('0.1.0'))
    expect(templates()).toBe(2)
    const home = Object.fromEntries(
      ['HELM_CACHE_HOME', 'HELM_CONFIG_HOME', 'HELM_DATA_HOME'].map((name) => [name, join(h.dir, name)]),
    )
    const next = h.reopen(home)
    expect(found(await load({ repoUrl: url, version: '0.1.0' }, next))).toEqual(version('0.1.0'))
    expect(templates()).toBe(2)
    expect(found(await load({ repoUrl: url }, next))).toEqual(version('0.2.0'))
  })

  it('EXT-43: brings a password to the repository, and on no command line', async () => {
    const { h, url, publish, load } = await repository('hunter2')
    await publish('0.1.0')
    const access = { repoUrl: url, version: '0.1.0', username: 'me' }
    expect(found(await load({ ...access, password: 'hunter2' }))).toEqual(version('0.1.0'))
    expect(h.started.join('\n')).not.toContain('hunter2')
    const refused = await load({ ...access, version: '0.1.1', password: 'wrong' })
    expect(refused.diagnostics).toMatchObject([{ code: 'helm/failed', message: expect.stringContaining('401') }])
  })

  it('says that a repository or a chart is not there', async () => {
    const { url, publish, load } = await repository()
    await publish('0.1.0')
    const failed = async (remote: HelmRemote): Promise<unknown> => (await load(remote)).diagnostics[0]?.message
    expect(await failed({ repoUrl: url, version: '9.9.9' })).toMatch(/^helm template: .*9\.9\.9/s)
    expect(await failed({ repoUrl: 'http://127.0.0.1:1' })).toMatch(/^helm template: .*127\.0\.0\.1:1/s)
  })
})
