import type { KubernetesGraph, KubernetesManifest } from '@tiltts/spec'
import { expect, it } from 'vitest'
import type { FunctionHost } from '../ports/config-host.js'
import { manualClock } from './fake-clock.js'
import { fakeConfigHost } from './fake-config-host.js'
import { fakeFiles } from './fake-files.js'
import { fakeProcesses } from './fake-processes.js'
import { type SimulatedScript, simulatedScript } from './simulated-config.js'

const never = new AbortController().signal
const job: KubernetesManifest = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'seed' } }
const settings: KubernetesManifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } }

async function declared(script: SimulatedScript): Promise<{
  readonly graph: KubernetesGraph | undefined
  readonly call: (fnId: string | undefined, ...args: readonly unknown[]) => Promise<unknown>
}> {
  const clock = manualClock()
  const mainPath = '/repo/tilt.config.ts'
  const configs = { [mainPath]: simulatedScript(script, '/repo', fakeFiles()) }
  const host = fakeConfigHost({ clock, processes: fakeProcesses({ clock }), configs })
  const onLog = (): void => {}
  const { result, functions } = await host.evaluate({ mainPath, args: [], command: 'dev', env: {}, onLog }, never)
  const context = { resource: '', env: {}, dir: '/', inputs: {}, changedFiles: [] }
  const call = (fnId = '', ...args: readonly unknown[]): ReturnType<FunctionHost['call']> =>
    functions.call({ fnId, context, args, timeoutMs: 0, onLog }, never)
  return { graph: result.graph?.kubernetes, call }
}

it('leaves manifests in the graph, with functions that are called for whole lists', async () => {
  const { graph, call } = await declared((c) => {
    c.manifests(['k8s/*.yaml', job], { transform: (object) => (object.kind === 'Job' ? null : object) })
    c.workloadToResourceFunction(({ name, namespace }) => `${namespace}-${name}`)
    c.k8sResource('seed', { readyWhen: ({ kind }) => kind === 'Job' })
  })
  expect(graph?.manifests[0]?.sources).toEqual([
    { type: 'file', path: '/repo/k8s/*.yaml' },
    { type: 'objects', objects: [job] },
  ])
  expect(await call(graph?.manifests[0]?.transform?.$fn, [job, settings])).toEqual([null, settings])
  const id = { name: 'api', kind: 'Deployment', namespace: 'shop', group: 'apps' }
  expect(await call(graph?.nameWorkloads?.fn.$fn, [id])).toEqual(['shop-api'])
  expect(await call(graph?.resources[0]?.readyWhen?.$fn, job)).toBe(true)
})

it('leaves resources, forwards and custom deploys in the graph', async () => {
  const { graph } = await declared((c) => {
    c.k8sResource('api', { forwards: [8080], needs: ['ready:db'], image: 'shop/api' })
    c.k8sForward('grafana', { target: { kind: 'service', name: 'grafana' }, forwards: [{ localPort: 1 }] })
    c.k8sCustomDeploy('redis', { apply: 'up', remove: 'down', deps: ['charts'], images: ['shop/api'] })
    c.allowK8sContexts(['staging'])
  })
  expect(graph).toMatchObject({
    resources: [
      {
        workload: { name: 'api' },
        image: { name: 'shop/api' },
        portForwards: [{ localPort: 8080, containerPort: 8080 }],
        dependencies: [{ name: 'db', edge: 'ready' }],
      },
    ],
    forwards: [{ name: 'grafana', target: { kind: 'service' }, portForwards: [{ localPort: 1 }] }],
    customDeploys: [
      {
        name: 'redis',
        deploy: {
          apply: { command: { argv: ['sh', '-c', 'up'] } },
          deps: ['/repo/charts'],
          imageDeps: [{ name: 'shop/api' }],
        },
      },
    ],
    allowedContexts: ['staging'],
  })
})
