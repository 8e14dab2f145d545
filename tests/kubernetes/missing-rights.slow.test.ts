import { describe, expect, it } from 'vitest'
import { until } from '../support/processes.js'
import { skipReason } from '../support/requires.js'
import { startTiltts } from '../support/tiltts.js'
import {
  complaints,
  configMap,
  configOf,
  deployment,
  imagesRemovedAfter,
  luckProject,
  said,
  times,
  waits,
} from './luck-project.js'

const skip = skipReason('kubernetes')
const counts = `i=0; trap 'exit 0' TERM; while :; do i=$((i+1)); echo "line $i."; sleep 0.1; done`
const all = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete']
const core = { apiGroups: [''], resources: ['configmaps', 'services', 'events'], verbs: all }
const pods = { apiGroups: [''], resources: ['pods'], verbs: all }
const logs = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }
const apps = { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: all }

describe.skipIf(skip !== undefined)(`rights that are missing${skip ? ` (skipped: ${skip})` : ''}`, () => {
  it('CLU-03: of nodes and all that has no namespace, is no hindrance', async () => {
    const project = await luckProject(configOf(deployment('api', counts), configMap('settings')))
    project.user(project.serviceAccount([core, pods, logs, apps]))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('line 3.', 40_000)
    await dev.printed('resources are ready')
    expect(complaints(dev)).toEqual([])
  })

  it('of logs: said once with the reason, and the resource is ready all the same', async () => {
    const project = await luckProject(configOf(deployment('api', counts)))
    project.user(project.serviceAccount([core, pods, apps]))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('1 resource is ready', 40_000)
    await dev.printed('pods/log')
    await new Promise((resolve) => setTimeout(resolve, 5000))
    expect(times(said(dev), 'cannot get resource "pods/log"')).toBe(1)
    expect(dev.stdout()).not.toContain('line 1.')
  })

  it('of a watch of one kind: said once, and the rest goes on', async () => {
    const project = await luckProject(configOf(deployment('api', counts), configMap('settings')))
    const rest = { apiGroups: [''], resources: ['configmaps', 'services'], verbs: all }
    project.user(project.serviceAccount([rest, pods, logs, apps]))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('line 3.', 40_000)
    await dev.printed('resources are ready')
    await dev.printed(/cannot (list|watch) resource "events"/)
    expect(said(dev).match(/cannot (list|watch) resource "events"/g)).toHaveLength(1)
  })

  it.skipIf(skipReason('docker') !== undefined)('of exec: said, and an edit is brought in by a new image', async () => {
    const project = await luckProject(
      `import { dockerBuild, sync } from 'tiltts'
dockerBuild('NAMESPACE/api', 'api', { liveUpdate: [sync('api', '/app')] })
${configOf(deployment('api', `cat /app/x; ${waits}`, {}, { image: 'NAMESPACE/api' }))}`,
      { files: { 'api/Dockerfile': 'FROM busybox\nCOPY . /app\n', 'api/x': 'first\n' } },
    )
    imagesRemovedAfter(project.namespace)
    project.user(project.serviceAccount([core, pods, logs, apps]))
    // Who may read the ConfigMap of the registry is up to the cluster.
    const hosting = { 'localRegistryHosting.v1': 'host: "127.0.0.1:5000"\n' }
    const metadata = { name: 'local-registry-hosting', namespace: 'kube-public' }
    project.door.answer(/^GET .*local-registry-hosting/, {
      status: 200,
      body: () => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: hosting }),
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/│ first/, 60_000)
    await dev.printed('1 resource is ready')
    project.write('api/x', 'second\n')
    await dev.printed(/cannot (create|get) resource "pods\/exec"/, 30_000)
    await dev.printed(/│ second/, 60_000)
    expect(said(dev)).not.toContain('Update failed')
  })

  it('of pods: is said with what cannot be seen', async () => {
    const project = await luckProject(configOf(deployment('api', counts)))
    project.user(project.serviceAccount([core, logs, apps]))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed(/cannot (list|watch) resource "pods"/, 40_000)
    await until('the deployment is there', () =>
      project.kubectl('get', 'deployment', 'api', '-o', 'name').then((text) => text !== ''),
    )
    expect(said(dev).match(/cannot (list|watch) resource "pods"/g)).toHaveLength(1)
  })

  it('of one kind that is to be applied: that object fails with the reason, others are applied', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hidden' }, stringData: { word: 'swordfish' } }
    const project = await luckProject(configOf(deployment('api', counts), secret))
    project.user(project.serviceAccount([core, pods, logs, apps]))
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('line 3.', 40_000)
    await dev.printed('cannot get resource "secrets"')
    await dev.printed(/Update failed/)
    expect(times(said(dev), 'cannot get resource "secrets"')).toBe(1)
    expect(said(dev)).not.toContain('swordfish')
  })

  it('an expired token is renewed by the command of the kubeconfig, and nobody notices', async () => {
    const project = await luckProject(configOf(deployment('api', counts)), {
      files: {
        'token.sh': `n=$(cat count 2>/dev/null || echo 0); n=$((n+1)); echo $n > count
token=expired; [ $n -gt 1 ] && token=$(cat token)
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$token"
`,
      },
    })
    const { token } = project.serviceAccount([core, pods, logs, apps]) as { readonly token: string }
    project.write('token', token)
    project.user({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'sh',
        args: ['-c', `cd '${project.folder}' && sh token.sh`],
        interactiveMode: 'Never',
      },
    })
    const dev = startTiltts(project, ['dev', '--port', '0'])
    await dev.printed('line 3.', 40_000)
    // The server does not take it any more.
    project.door.answer(/^PATCH .*\/configmaps\//, {
      status: 401,
      reason: 'Unauthorized',
      message: 'Unauthorized',
      times: 1,
    })
    project.objects(deployment('api', counts), configMap('settings'))
    await dev.printed(/ConfigMap\/settings in/, 30_000)
    expect(complaints(dev)).toEqual([])
  })
})
