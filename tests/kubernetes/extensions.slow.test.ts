import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { runTiltts, startTiltts } from '../support/tiltts.js'
import { clusterProject, kubectl } from './cluster-project.js'
import { configTold, leftIn } from './extension-world.js'
import { configMap, deployment, waits } from './luck-project.js'

const skip = skipReason('docker', 'kubernetes')

interface Repository {
  readonly url: string
  /** Paths that were asked for, with the right password. */
  readonly served: string[]
  close(): void
}

/** A repository of charts on this machine that lets in `me` with a password. */
async function repository(folder: string, password: string): Promise<Repository> {
  const served: string[] = []
  const server = createServer((request, response) => {
    const expected = `Basic ${Buffer.from(`me:${password}`).toString('base64')}`
    if (request.headers.authorization !== expected) return void response.writeHead(401).end()
    served.push(String(request.url))
    readFile(join(folder, String(request.url))).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, served, close }
}

describe.skipIf(skip !== undefined)(`extensions on a real cluster${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('EXT-40, EXT-41, EXT-43: a chart of a repository is fetched once; then its repository may be away, and its password shows nowhere', async () => {
    const settings = configMap('settings', { greeting: '{{ .Values.greeting }}' })
    const project = await clusterProject('', {
      'cache/Chart.yaml': 'apiVersion: v2\nname: cache\nversion: 1.2.3\n',
      'cache/values.yaml': 'greeting: hello\n',
      'cache/templates/all.yaml': `${JSON.stringify(deployment('cache', waits))}\n---\n${JSON.stringify(settings)}\n`,
    })
    const session = ['--namespace', project.namespace]
    const charts = await repository(project.path('charts'), 'hunter22')
    execFileSync('helm', ['package', project.path('cache'), '--destination', project.path('charts')])
    execFileSync('helm', ['repo', 'index', project.path('charts'), '--url', charts.url])
    const remote = (more: string): string => `
import { helmRemote } from '@tiltts/extensions/helm-remote'
helmRemote('cache', {
  repoUrl: '${charts.url}',
  version: '1.2.3',
  username: 'me',
  password: 'hunter22',
  ${more}
})
`
    const greeting = (): Promise<string> =>
      project.kubectl('get', 'configmap/settings', '-o', 'jsonpath={.data.greeting}')
    project.write('tilt.config.ts', remote(''))
    const dev = startTiltts(project, ['dev', ...session, '--port', '0', '--stream'])
    await dev.printed('resources are ready', 60_000)
    expect(await greeting()).toBe('hello')
    const config = await configTold(project, dev)
    expect(config).toContain('tilt.config.ts')
    expect(config + dev.stdout() + dev.stderr()).not.toContain('hunter22')

    project.write('tilt.config.ts', remote("set: 'greeting=goodbye'"))
    await until('the edit is deployed', async () => (await greeting()) === 'goodbye', 20_000)
    dev.signal('SIGINT')
    await dev.finished
    expect(charts.served.filter((path) => path === '/cache-1.2.3.tgz')).toHaveLength(2)

    charts.close()
    const ci = await runTiltts(project, ['ci', ...session])
    expect(ci).toMatchObject({ code: 0 })
    expect(ci.stdout).not.toContain('were applied')
    expect(await runTiltts(project, ['down', ...session])).toMatchObject({ code: 0 })
    await until('nothing of it is left', async () => (await leftIn(project.namespace)).length === 0, 20_000)
  }, 180_000)

  it('EXT-50, EXT-51, DOWN-02: a namespace comes before what goes into it, and goes only when that is asked for', async () => {
    const project = await clusterProject(`
import { k8sYaml } from 'tiltts'
import { namespaceCreate, namespaceInject } from '@tiltts/extensions/namespace'
k8sYaml(namespaceInject('./k8s/*.json', 'NAMESPACE-own'))
namespaceCreate('NAMESPACE-own', { labels: { team: 'shop' } })
`)
    const own = `${project.namespace}-own`
    onTestFinished(() =>
      kubectl('delete', 'namespace', own, '--ignore-not-found', '--wait=false').then(() => undefined),
    )
    const got = (what: string, path: string): Promise<string> =>
      kubectl('get', '-n', own, what, '--ignore-not-found', '-o', `jsonpath=${path}`)
    project.write('k8s/settings.json', JSON.stringify(configMap('settings')))
    project.write('k8s/api.json', JSON.stringify(deployment('api', waits)))
    const dev = startTiltts(project, ['dev', '--port', '0', '--stream'])
    await dev.printed('resources are ready', 60_000)
    expect(await got(`namespace/${own}`, '{.metadata.labels.team}')).toBe('shop')
    expect(await got('deployment/api', '{.status.readyReplicas}')).toBe('1')

    project.write('k8s/settings.json', JSON.stringify(configMap('settings', { mode: 'edited' })))
    await until(
      'the edit is deployed',
      async () => (await got('configmap/settings', '{.data.mode}')) === 'edited',
      20_000,
    )
    dev.signal('SIGINT')
    await dev.finished
    const ci = await runTiltts(project, ['ci'])
    expect(ci).toMatchObject({ code: 0 })
    expect(ci.stdout).not.toContain('were applied')

    const kept = await runTiltts(project, ['down'])
    expect(kept).toMatchObject({ code: 0, stdout: expect.stringContaining(own) })
    await until('what was in it is gone', async () => (await leftIn(own)).length === 0, 20_000)
    expect(await got(`namespace/${own}`, '{.status.phase}')).toBe('Active')
    expect(await runTiltts(project, ['down', '--delete-namespaces'])).toMatchObject({ code: 0 })
    await until('it is gone', async () => (await got(`namespace/${own}`, '{.status.phase}')) === '', 30_000)
  }, 180_000)
})
