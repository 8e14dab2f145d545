import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import { clusterProject, kubectl } from './cluster-project.js'

const skip = skipReason('docker', 'kubernetes')

const settings = (mode: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  mode: ${mode}\n`

/** The kubeconfig of the tests, with another current context and maybe another name of the cluster of kind-testbed. */
async function kubeconfig(current: string, cluster?: string): Promise<string> {
  const config = JSON.parse(await kubectl('config', 'view', '--raw', '--flatten', '-o', 'json')) as {
    'current-context': string
    contexts: { name: string; context: { cluster: string } }[]
    clusters: { name: string }[]
  }
  config['current-context'] = current
  const context = config.contexts.find(({ name }) => name === 'kind-testbed')?.context
  const entry = config.clusters.find(({ name }) => name === context?.cluster)
  if (cluster !== undefined && context !== undefined && entry !== undefined) {
    context.cluster = cluster
    entry.name = cluster
  }
  return JSON.stringify(config)
}

describe.skipIf(skip !== undefined)(`the context of a session${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('UP-02: is what the flags say, and stays so when the kubeconfig is switched meanwhile', async () => {
    const project = await clusterProject("import { k8sYaml } from 'tiltts'\nk8sYaml('settings.yaml')\n", {
      'settings.yaml': settings('one'),
      kubeconfig: await kubeconfig('production-like'),
    })
    const file = join(project.folder, 'kubeconfig')
    const flags = ['--context', 'kind-testbed', '--namespace', project.namespace]
    const dev = startTiltts(project, ['dev', ...flags, '--port', '0', '--stream'], { env: { KUBECONFIG: file } })
    await dev.printed('ConfigMap/settings in', 60_000)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replaceAll(/"server":\s*"[^"]*"/g, '"server":"https://127.0.0.1:1"'))
    project.write('settings.yaml', settings('two'))
    await dev.printed(/(ConfigMap\/settings in(.|\n)*){2}/, 30_000)
    expect(await project.kubectl('get', 'configmap/settings', '-o', 'jsonpath={.data.mode}')).toBe('two')
  }, 120_000)

  it('CTX-02: that may be production is refused, and nothing is sent there', async () => {
    const project = await clusterProject("import { k8sYaml } from 'tiltts'\nk8sYaml('settings.yaml')\n", {
      'settings.yaml': settings('one'),
      kubeconfig: await kubeconfig('production-like'),
    })
    const env = { KUBECONFIG: join(project.folder, 'kubeconfig') }
    const ci = startTiltts(project, ['ci', '--namespace', project.namespace, '--port', '0'], { env })
    const { code, stderr } = await ci.finished
    expect(code).toBe(2)
    expect(stderr).toContain('may be production')
    expect(await project.kubectl('get', 'configmap/settings', '--ignore-not-found')).toBe('')
  }, 60_000)

  it('APPLY-05: an object is applied and changed that is too large for an annotation', async () => {
    const text = (letter: string): string => letter.repeat(600_000)
    const project = await clusterProject("import { k8sYaml } from 'tiltts'\nk8sYaml('settings.yaml')\n", {
      'settings.yaml': settings(text('a')),
    })
    const flags = ['--namespace', project.namespace, '--port', '0', '--stream']
    const dev = startTiltts(project, ['dev', ...flags])
    await dev.printed('ConfigMap/settings in', 60_000)
    project.write('settings.yaml', settings(text('b')))
    await dev.printed(/(ConfigMap\/settings in(.|\n)*){2}/, 30_000)
    const mode = await project.kubectl('get', 'configmap/settings', '-o', 'jsonpath={.data.mode}')
    expect(mode === text('b')).toBe(true)
  }, 120_000)
})
