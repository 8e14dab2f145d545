import { beforeEach, expect, it } from 'vitest'
import { group, type TestServer, testServer } from '../../testing/test-server.js'
import { at, putShop, wire } from './wire-form.test.support.js'

let api: TestServer
beforeEach(async () => {
  api = await testServer()
  putShop(api.store)
})

const enabled = (name: string): object => ({
  disabled: false,
  lastUpdateTime: expect.stringMatching(/Z$/),
  reason: `ConfigMap ${name}-disable, key isDisabled is false`,
  state: 'Enabled',
})
const switchOf = (name: string): object => ({ configMap: { name: `${name}-disable`, key: 'isDisabled' } })
const main = {
  name: 'main',
  id: 'containerd://1',
  ready: true,
  image: 'localhost:5000/shop_web:tilt-1',
  restarts: 2,
  state: { running: { startedAt: at(4) } },
  ports: [80],
}

it('API-31: a Session says on what condition it ends, with its limits as durations', async () => {
  expect(await wire(api, 'sessions', 'Tiltfile')).toEqual({
    spec: {
      tiltfilePath: '/shop/tilt.config.ts',
      exitCondition: 'ci',
      ci: { timeout: '30m0s', readinessTimeout: '5m0s' },
    },
    status: { pid: 7, startTime: at(0), done: false, error: '', targets: [] },
  })
})

it('API-47: a Tiltfile says what restarts it, and where its evaluation stands', async () => {
  expect(await wire(api, 'tiltfiles', '(Tiltfile)')).toMatchObject({
    spec: {
      path: '/shop/tilt.config.ts',
      args: ['web'],
      restartOn: { fileWatches: ['configs:(Tiltfile)'] },
    },
    status: {
      terminated: { reasons: ['initial'], error: '', startedAt: at(0), finishedAt: at(1), warningCount: 0 },
    },
  })
})

it('API-47: other arguments are written to spec.args', async () => {
  const patch = { spec: { args: ['db'] } }
  const type = { 'content-type': 'application/merge-patch+json' }
  await api.call('PATCH', `${group}/tiltfiles/(Tiltfile)`, patch, type)
  expect(api.store.get('Tiltfile', '(Tiltfile)')?.spec).toEqual({ path: '/shop/tilt.config.ts', args: ['db'] })
})

it('API-51: a KubernetesApply has its manifests as YAML, without the values of Secrets, and what became of them', async () => {
  const { spec, status } = (await wire(api, 'kubernetesapplys', 'web')) as { spec: { yaml: string }; status: object }
  const { yaml, ...rest } = spec
  expect(yaml).toContain('"kind": "Deployment"')
  expect(yaml).toContain('\n---\n')
  expect(yaml).toContain('"name": "key"')
  expect(yaml).not.toContain('c2VjcmV0')
  expect(rest).toEqual({
    imageMaps: ['shop_web'],
    timeout: '30s',
    kubernetesDiscoveryTemplateSpec: { extraSelectors: [{ matchLabels: { app: 'web' } }] },
    portForwardTemplateSpec: { forwards: [{ localPort: 8080, containerPort: 80, host: 'localhost' }] },
    discoveryStrategy: 'default',
    cluster: 'default',
    disableSource: switchOf('web'),
    objects: [],
  })
  expect(status).toEqual({
    resultYAML: expect.stringContaining('"uid": "dep-1"'),
    lastApplyStartTime: at(2),
    lastApplyTime: at(3),
    appliedInputHash: 'm',
    disableStatus: enabled('web'),
    applied: [expect.objectContaining({ name: 'web' })],
  })
})

it('API-51: a KubernetesApply whose Jobs are all through is JobComplete', async () => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'seed', uid: 'job-1' }
  const conditions = async (state: 'progressing' | 'complete'): Promise<unknown> => {
    api.store.update({ by: 'test' }, (tx) =>
      tx.status('KubernetesDiscovery', 'web', (status) => ({ ...status, objects: [{ ...job, state }] })),
    )
    return ((await wire(api, 'kubernetesapplys', 'web')) as { status: { conditions?: unknown } }).status.conditions
  }
  expect(await conditions('progressing')).toBeUndefined()
  expect(await conditions('complete')).toMatchObject([{ type: 'JobComplete', status: 'True' }])
})

it('API-52: a KubernetesDiscovery has what it watches and its pods, as Tilt writes both', async () => {
  expect(await wire(api, 'kubernetesdiscoveries', 'web')).toEqual({
    spec: {
      watches: [{ uid: 'dep-1', namespace: 'shop', name: 'web' }],
      extraSelectors: [{ matchLabels: { app: 'web' } }],
      portForwardTemplateSpec: {
        forwards: [{ localPort: 8080, containerPort: 80, host: 'localhost', path: 'ui' }],
      },
      cluster: 'default',
      strategy: 'default',
      podReadiness: 'wait',
      namespaces: [''],
      disableSource: switchOf('web'),
    },
    status: {
      monitorStartTime: '1970-01-01T00:00:01.000000Z',
      running: { startTime: '1970-01-01T00:00:01.000000Z' },
      pods: [
        {
          uid: 'pod-1',
          name: 'web-1',
          namespace: 'shop',
          createdAt: at(3),
          phase: 'Running',
          deleting: false,
          conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at(5) }],
          initContainers: [
            {
              ...main,
              name: 'setup',
              ready: false,
              restarts: 0,
              ports: [],
              state: { terminated: { startedAt: at(3), finishedAt: at(4), reason: 'Completed', exitCode: 0 } },
            },
          ],
          containers: [main],
          ancestorUID: 'dep-1',
          podTemplateSpecHash: 'abc',
          status: 'Running',
          errors: [],
          owner: { name: 'web-7', apiVersion: 'apps/v1', kind: 'ReplicaSet' },
        },
      ],
      known: true,
      objects: [],
      urls: [],
      forbidden: [],
    },
  })
})

it('API-52: what it watches follows what was applied, though nothing of its own has changed', async () => {
  await wire(api, 'kubernetesdiscoveries', 'web')
  api.store.update({ by: 'test' }, (tx) =>
    tx.status('KubernetesApply', 'web', (status) => ({
      ...status,
      applied: status.applied.map((one) => ({ ...one, uid: 'dep-2' })),
    })),
  )
  expect(await wire(api, 'kubernetesdiscoveries', 'web')).toMatchObject({ spec: { watches: [{ uid: 'dep-2' }] } })
})

it('API-53: a PortForward names the pod that connections go to, and where it listens', async () => {
  expect(await wire(api, 'portforwards', 'web')).toEqual({
    spec: {
      podName: 'web-1',
      namespace: 'shop',
      forwards: [{ localPort: 8080, containerPort: 80, host: 'localhost', path: 'ui' }],
      cluster: 'default',
      discovery: 'web',
    },
    status: {
      forwardStatuses: [
        {
          localPort: 8080,
          containerPort: 80,
          addresses: ['localhost'],
          startedAt: at(2),
          pod: 'web-1',
          connections: 1,
        },
      ],
    },
  })
})

it('API-53: each pod has a PodLogStream with the state of its containers', async () => {
  expect(await wire(api, 'podlogstreams', 'web-shop-web-1')).toEqual({
    spec: { pod: 'web-1', namespace: 'shop', cluster: 'default' },
    status: {
      containerStatuses: [
        { name: 'setup', active: false, terminated: true },
        { name: 'main', active: true, terminated: false },
      ],
    },
  })
})

const project = { configPaths: ['/shop/compose.yaml'], projectPath: '/shop', name: 'shop' }

it('API-55: a DockerComposeService has its project and its container, as Tilt writes both', async () => {
  expect(await wire(api, 'dockercomposeservices', 'db')).toEqual({
    spec: { service: 'db', project, disableSource: switchOf('db') },
    status: {
      containerState: { status: 'running', running: true, exitCode: 0, startedAt: at(2), healthStatus: 'healthy' },
      containerID: 'c1',
      containerName: 'shop-db-1',
      portBindings: [{ containerPort: 5432, hostPort: 15432, hostIP: '127.0.0.1', protocol: 'tcp' }],
      disableStatus: enabled('db'),
      known: true,
      containers: [expect.objectContaining({ id: 'c1' })],
    },
  })
})

it('API-55: each compose service has a DockerComposeLogStream, as long as it is not switched off', async () => {
  expect(await wire(api, 'dockercomposelogstreams', 'db')).toEqual({
    spec: { service: 'db', project },
    status: { startedAt: at(2) },
  })
  api.store.update({ by: 'test' }, (tx) => tx.spec('ConfigMap', 'db-disable', () => ({ data: { isDisabled: 'true' } })))
  expect((await api.call('GET', `${group}/dockercomposelogstreams`)).body).toMatchObject({ items: [] })
})

it('API-56: a Cluster says how it is connected, with a kubeconfig that can be used, and its registry', async () => {
  expect(await wire(api, 'clusters', 'default')).toEqual({
    spec: {
      connection: { kubernetes: { context: 'kind-shop', namespace: 'shop' } },
      defaultRegistry: { host: 'localhost:5000', hostFromContainerRuntime: 'reg:5000' },
    },
    status: {
      arch: 'amd64',
      version: 'v1.30.0',
      connectedAt: at(1),
      connection: {
        kubernetes: {
          context: 'kind-shop',
          namespace: 'shop',
          cluster: 'kind-shop',
          product: 'kind',
          configPath: '/run/kubeconfig',
        },
      },
    },
  })
  const registry = { host: 'localhost:5001', hostFromCluster: 'kind:5000', source: 'local-registry-hosting' }
  api.store.update({ by: 'test' }, (tx) => tx.status('Cluster', 'default', (status) => ({ ...status, registry })))
  expect(await wire(api, 'clusters', 'default')).toMatchObject({
    status: {
      registry: {
        host: 'localhost:5001',
        hostFromContainerRuntime: 'kind:5000',
        help: 'found by local-registry-hosting',
      },
    },
  })
})

it('API-56: the Cluster of Docker is connected to a host', async () => {
  const connection = { docker: { host: 'unix:///run/docker.sock' } }
  api.store.update({ by: 'test' }, (tx) => tx.put('Cluster', 'docker', { connection }, {}))
  expect(await wire(api, 'clusters', 'docker')).toEqual({ spec: { connection }, status: {} })
})

it('API-48: each image has an ImageMap with what is looked for, and its name here and in the cluster', async () => {
  expect(await wire(api, 'imagemaps', 'shop_web')).toEqual({
    spec: {
      selector: 'shop/web',
      matchInEnvVars: true,
      overrideCommand: { command: ['node', 'main.js'] },
    },
    status: {
      image: expect.stringMatching(/^reg:5000\/shop_web:tilt-/),
      imageFromLocal: expect.stringMatching(/^localhost:5000\/shop_web:tilt-/),
      imageFromCluster: expect.stringMatching(/^reg:5000\/shop_web:tilt-/),
      buildStartTime: at(2),
    },
  })
})

it('API-49: a DockerImage has all that its build is made of, and where that stands', async () => {
  expect(await wire(api, 'dockerimages', 'web:shop_web')).toEqual({
    spec: {
      ref: 'shop/web',
      dockerfileContents: 'FROM node:20',
      context: '/shop/web',
      contextIgnores: [{ basePath: '/shop', patterns: ['node_modules'] }],
      args: ['MODE=dev', 'TOKEN'],
      target: 'dev',
      sshAgentConfigs: ['default'],
      secrets: ['id=npm,env=NPM'],
      pull: false,
      cacheFrom: [],
      extraTags: ['shop/web:latest'],
      extraHosts: [],
      imageMaps: ['shop_base'],
      cluster: 'default',
      clusterNeeds: 'push',
    },
    status: {
      ref: 'shop/web:tilt-1',
      completed: { reason: 'built', startedAt: at(2), finishedAt: at(3) },
      stageStatuses: [{ name: 'FROM node:20', cached: true, startedAt: at(2), finishedAt: at(3) }],
    },
  })
})

it('API-50: a CmdImage has its command, and where that leaves the image', async () => {
  api.store.update({ by: 'test' }, (tx) =>
    tx.spec('Image', 'shop_web', (spec) => ({
      ...spec,
      dependsOn: [],
      node: {
        build: 'custom',
        ref: 'shop/web',
        place: undefined,
        ignores: [],
        matchInEnvVars: false,
        command: { argv: ['make', 'image'], display: 'make image' },
        dir: '/shop',
        env: { MODE: 'dev' },
        deps: ['/shop/web'],
        tag: 'dev',
        skipsLocalDocker: false,
        disablePush: true,
        imageDeps: [],
      },
    })),
  )
  expect(await wire(api, 'cmdimages', 'web:shop_web')).toEqual({
    spec: {
      ref: 'shop/web',
      args: ['make', 'image'],
      dir: '/shop',
      env: ['MODE=dev'],
      outputMode: 'local-docker',
      outputTag: 'dev',
      cluster: 'default',
      clusterNeeds: 'push',
    },
    status: { ref: 'shop/web:tilt-1', completed: { reason: 'built', startedAt: at(2), finishedAt: at(3) } },
  })
  expect((await api.call('GET', `${group}/dockerimages`)).body).toMatchObject({ items: [] })
})

it('API-54: a LiveUpdate has its rules with paths relative to the config, and the containers they are for', async () => {
  expect(await wire(api, 'liveupdates', 'web:shop_web')).toEqual({
    spec: {
      basePath: '/shop',
      selector: { kubernetes: { discoveryName: 'web', applyName: 'web', imageMapName: 'shop_web' } },
      sources: [{ fileWatch: 'image:shop_web', imageMap: 'shop_web' }],
      stopPaths: ['web/package.json'],
      syncs: [{ localPath: 'web/src', containerPath: '/app/src' }],
      execs: [{ args: ['sh', '-c', 'make'], triggerPaths: ['web/Makefile'], echoOff: false }],
      restart: 'always',
      initialSync: {},
    },
    status: { containers: [] },
  })
  const registry = { host: 'localhost:5000', source: 'local-registry-hosting' }
  api.store.update({ by: 'test' }, (tx) => {
    tx.status('Cluster', 'default', (status) => ({ ...status, registry }))
    tx.status('Resource', 'web', (status) => ({ ...status, fallback: 'package.json has changed' }))
    tx.status('Update', 'web-1', (status) => ({ ...status, liveUpdate: true }))
  })
  expect(await wire(api, 'liveupdates', 'web:shop_web')).toMatchObject({
    status: {
      containers: [
        {
          containerName: 'main',
          containerID: 'containerd://1',
          podName: 'web-1',
          namespace: 'shop',
          lastFileTimeSynced: at(2),
        },
      ],
      failed: { reason: 'UpdateStopped', message: 'package.json has changed' },
    },
  })
})
