import { describe, expect, it } from 'vitest'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import { type ClusterProject, clusterProject, kubectl } from './cluster-project.js'

const skip = skipReason('docker', 'kubernetes')

/** Runs a session until it has printed something. */
async function session(project: ClusterProject, until: RegExp): Promise<string> {
  const dev = startTiltts(project, ['dev', '--namespace', project.namespace, '--port', '0', '--stream'])
  await dev.printed(until, 60_000)
  dev.signal('SIGINT')
  return (await dev.finished).stdout
}

const api = `
import { dockerBuild, k8sYaml, k8sResource } from 'tiltts'
dockerBuild('IMAGE', 'api')
const labels = { app: 'api' }
k8sYaml({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'IMAGE' }] } },
  },
})
k8sYaml('settings.yaml')
k8sResource('api', { objects: ['settings'] })
`
const files = {
  'api/Dockerfile': 'FROM busybox:latest\nCOPY . /app\nCMD ["sleep", "100000"]\n',
  'api/main.txt': 'one\n',
  'settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  mode: dev\n',
}

describe.skipIf(skip !== undefined)(`deploying to a real cluster${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('PUSH-01: builds, pushes to the registry that the cluster names, and applies what runs it; once more writes nothing', async () => {
    const project = await clusterProject(api, files)
    const first = await session(project, /Objects that were applied:(.|\n)*Deployment\/api/)
    expect(first).toContain('Pushing 127.0.0.1:5000/')
    const versions = (): Promise<string> =>
      kubectl(
        '-n',
        project.namespace,
        'get',
        'deployment/api',
        'configmap/settings',
        '-o',
        'jsonpath={.items[*].metadata.uid} {.items[*].metadata.generation}',
      )
    await kubectl('-n', project.namespace, 'rollout', 'status', 'deployment/api', '--timeout=60s')
    const image = await kubectl(
      '-n',
      project.namespace,
      'get',
      'deployment/api',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].image}',
    )
    expect(image).toMatch(new RegExp(`^127\\.0\\.0\\.1:5000/${project.namespace}_api:tilt-[0-9a-f]{16}$`))
    const before = await versions()
    const second = await session(project, /its objects are what they should be/)
    expect(second).not.toContain('Pushing')
    expect(await versions()).toBe(before)
  }, 180_000)

  it('GC-05: deletes what an earlier session has put there and the config has no more; down deletes the rest', async () => {
    const project = await clusterProject(api, files)
    await session(project, /Objects that were applied:(.|\n)*Deployment\/api/)
    const text = "import { k8sYaml } from 'tiltts'\nk8sYaml('settings.yaml')\n"
    project.write('tilt.config.ts', text)
    await session(project, /Deployment\/api in .* was deleted: the config has no resource api any more/)
    expect(await kubectl('-n', project.namespace, 'get', 'configmap/settings', '-o', 'name')).toBe('configmap/settings')
    const down = await startTiltts(project, ['down', '--namespace', project.namespace]).finished
    expect(down.code).toBe(0)
    expect(await kubectl('-n', project.namespace, 'get', 'configmap/settings', '--ignore-not-found')).toBe('')
  }, 180_000)
})
