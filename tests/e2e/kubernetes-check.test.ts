import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type TempProject, tempProject } from '../support/temp-project.js'
import { runTiltts } from '../support/tiltts.js'

const config = `
import { k8sForward, k8sResource, k8sYaml } from 'tiltts'
k8sYaml('k8s/*.yaml')
k8sResource('api', { newName: 'backend', objects: ['settings'] })
k8sForward('db', { target: 'svc/db', portForwards: 5432 })
`
const files = {
  'k8s/api.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: api }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec: { containers: [{ name: main, image: busybox }] }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
`,
  'k8s/settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n',
}

/** A kubeconfig whose cluster nobody could ask. */
const kubeconfig = (cluster: string): string => `apiVersion: v1
kind: Config
current-context: here
contexts: [{ name: here, context: { cluster: ${cluster}, user: me } }]
clusters: [{ name: ${cluster}, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: me, user: { token: x } }]
`

const project = (more: Readonly<Record<string, string>> = {}): TempProject =>
  tempProject({ 'tilt.config.ts': config, ...files, ...more })

describe('a config with Kubernetes, without a cluster', () => {
  it.each([
    ['no kubeconfig', {}],
    ['a local context whose cluster is away', { kubeconfig: kubeconfig('kind-away') }],
  ])('is checked with %s', async (_, more) => {
    const p = project(more)
    const done = await runTiltts(p, ['check'], { env: { KUBECONFIG: p.path('kubeconfig'), HOME: p.folder } })
    expect(done).toMatchObject({
      code: 0,
      stdout: 'The config is fine: 3 resources, 3 objects of Kubernetes\n',
      stderr: '',
    })
  })

  it('CTX-01: is refused for a context that may be production', async () => {
    const p = project({ kubeconfig: kubeconfig('away') })
    const done = await runTiltts(p, ['check'], { env: { KUBECONFIG: p.path('kubeconfig'), HOME: p.folder } })
    expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining("allowK8sContexts('here')") })
  })

  it('has its names written for the compiler', async () => {
    const p = project()
    const env = { KUBECONFIG: p.path('kubeconfig'), HOME: p.folder }
    expect(await runTiltts(p, ['types'], { env })).toMatchObject({ code: 0 })
    const text = readFileSync(p.path('.tiltts/names.d.ts'), 'utf8')
    for (const name of ['backend', 'db', 'uncategorized']) expect(text).toContain(name)
    expect(text).not.toContain('"api"')
  })
})
