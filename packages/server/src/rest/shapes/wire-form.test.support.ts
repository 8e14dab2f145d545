import type { ObjectStore } from '@tiltts/core/store'
import {
  annotation,
  type Image,
  type ImageUse,
  type KubernetesDeploy,
  type Pod,
  type PodContainer,
  type ResourceStatus,
  wellKnown,
} from '@tiltts/spec'
import { group, type TestServer } from '../../testing/test-server.js'

export const at = (second: number): string => `2026-01-02T03:04:${String(second).padStart(2, '0')}.000000Z`

/** What clients read of one object, without its metadata. */
export async function wire(api: TestServer, plural: string, name: string): Promise<object> {
  const { status, body } = await api.call('GET', `${group}/${plural}/${encodeURIComponent(name)}`)
  if (status !== 200) throw new Error(JSON.stringify(body))
  const { spec, status: state } = body as { spec: object; status: object }
  return { spec, status: state }
}

const meta = (resource: string) => ({ annotations: { [annotation.resource]: resource } })

const dockerfile: Image['spec'] = {
  node: {
    build: 'docker',
    ref: 'shop/web',
    place: undefined,
    ignores: [{ basePath: '/shop', patterns: ['node_modules'] }],
    matchInEnvVars: true,
    entrypoint: ['node', 'main.js'],
    context: '/shop/web',
    dockerfile: { path: '/shop/web/Dockerfile', contents: 'FROM node:20' },
    buildArgs: { MODE: 'dev', TOKEN: '' },
    target: 'dev',
    pull: false,
    cacheFrom: [],
    extraTags: ['shop/web:latest'],
    extraHosts: [],
    ssh: ['default'],
    secrets: ['id=npm,env=NPM'],
  },
  repository: 'shop/web',
  dependsOn: ['shop_base'],
  watch: 'image:shop_web',
  inputs: ['/shop/web'],
  deployedBy: ['web'],
  helper: false,
  definitionHash: 'd',
}

const live: ImageUse = {
  name: 'shop_web',
  deployed: true,
  inputs: ['/shop/web'],
  liveUpdate: {
    syncs: [{ localPath: '/shop/web/src', containerPath: '/app/src', ignores: [] }],
    runs: [{ argv: ['sh', '-c', 'make'], display: 'make', triggers: ['/shop/web/Makefile'], echoOff: false }],
    stopPaths: ['/shop/web/package.json'],
    initialSync: true,
    restart: { what: 'container', triggers: [] },
    place: undefined,
  },
}

const main: PodContainer = {
  name: 'main',
  init: false,
  sidecar: false,
  probed: true,
  id: 'containerd://1',
  image: 'localhost:5000/shop_web:tilt-1',
  imageId: 'sha256:1',
  ready: true,
  restarts: 2,
  ports: [{ port: 80, name: 'http' }],
  state: 'running',
  startedAt: at(4),
}

export const pod: Pod = {
  name: 'web-1',
  namespace: 'shop',
  uid: 'pod-1',
  createdAt: at(3),
  deleting: false,
  phase: 'Running',
  status: 'Running',
  ready: true,
  owners: [
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web-7', uid: 'rs-1' },
    { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'dep-1' },
  ],
  labels: { app: 'web', 'tilt.dev/pod-template-hash': 'abc' },
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at(5) }],
  containers: [
    {
      ...main,
      name: 'setup',
      init: true,
      ready: false,
      restarts: 0,
      ports: [],
      state: 'terminated',
      terminated: { exitCode: 0, reason: 'Completed', startedAt: at(3), finishedAt: at(4) },
    },
    main,
  ],
}

const deploy: KubernetesDeploy = {
  objects: [
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, data: { key: 'c2VjcmV0' } },
  ],
  imagePlaces: [],
  portForwards: [{ localPort: 8080, containerPort: 80 }],
  podReadiness: 'wait',
  discoveryStrategy: 'default',
  extraPodSelectors: [{ app: 'web' }],
  timeoutMs: 30_000,
}

const updated: ResourceStatus = {
  pending: [],
  history: ['web-1'],
  started: true,
  last: 'succeeded',
  succeededOnce: true,
  readyOnce: true,
  ready: true,
  enabled: 'enabled',
}

const base = {
  order: 1,
  labels: [],
  links: [],
  dependencies: [],
  triggerMode: 'auto',
  autoInit: true,
  updateHash: '',
  serveHash: '',
} as const

/** A session with a resource of the cluster, `web`, and a service of compose, `db`. */
export function putShop(store: ObjectStore): void {
  store.update({ by: 'test' }, (tx) => {
    for (const name of ['web', 'db'])
      tx.put('ConfigMap', `${name}-disable`, { data: { isDisabled: 'false' } }, {}, meta(name))
    const config = { settings: { ciReadinessTimeoutMs: 300_000 }, positionals: {}, selection: {}, watchIgnores: [] }
    tx.put(
      'Tiltfile',
      wellKnown.tiltfile,
      { path: '/shop/tilt.config.ts', args: ['web'] },
      {
        diagnostics: [],
        reads: [],
        evaluations: 1,
        live: {
          ...config,
          registry: { host: 'localhost:5000', hostFromCluster: 'reg:5000', place: undefined },
        } as never,
        terminated: { reasons: ['initial'], error: '', startedAt: at(0), finishedAt: at(1), warningCount: 0 },
      },
    )
    tx.put(
      'FileWatch',
      'configs:(Tiltfile)',
      { watchedPaths: ['/shop/tilt.config.ts'], ignores: [] },
      { fileEvents: [] },
    )
    tx.put(
      'Session',
      wellKnown.session,
      { tiltfilePath: '/shop/tilt.config.ts', exitCondition: 'ci', ci: { timeoutMs: 1_800_000 } },
      { pid: 7, startTime: at(0), done: false, error: '', targets: [] },
    )
    const connection = { context: 'kind-shop', namespace: 'shop', cluster: 'kind-shop', product: 'kind' } as const
    tx.put(
      'Cluster',
      'default',
      { connection: { kubernetes: connection } },
      { arch: 'amd64', version: 'v1.30.0', connectedAt: at(1), configPath: '/run/kubeconfig' },
    )
    tx.put('Image', 'shop_web', dockerfile, {
      result: { ref: 'shop/web:tilt-1', imageId: 'sha256:1', fingerprint: 'f', buildStartTime: at(2), reused: false },
      stages: [{ name: 'FROM node:20', cached: true, startedAt: at(2), finishedAt: at(3) }],
    })
    tx.put(
      'Resource',
      'web',
      { ...base, type: 'k8s', images: [live], watches: [], kubernetes: deploy },
      updated,
      meta('web'),
    )
    tx.put(
      'Update',
      'web-1',
      { resource: 'web', causes: [{ reason: 'initial' }] },
      { phase: 'succeeded', queuedAt: at(1), startTime: at(2), finishTime: at(3), holds: [], steps: [] },
      meta('web'),
    )
    const applied = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      uid: 'dep-1',
      generation: 1,
      hash: 'h',
      podTemplateHashes: ['abc'],
    }
    const disableSource = { configMap: { name: 'web-disable', key: 'isDisabled' } }
    tx.put(
      'KubernetesApply',
      'web',
      { objects: [], manifestHash: 'm', timeoutMs: 30_000, disableSource },
      { applied: [applied], lastApplyTime: at(3), appliedOnce: true },
      meta('web'),
    )
    tx.put(
      'KubernetesDiscovery',
      'web',
      {
        strategy: 'default',
        extraSelectors: [{ app: 'web' }],
        podReadiness: 'wait',
        namespaces: [''],
        disableSource,
      },
      {
        known: true,
        pods: [pod],
        objects: [],
        urls: [],
        forbidden: [],
        startedOnce: true,
        completedOnce: false,
      },
      meta('web'),
    )
    tx.put(
      'PortForward',
      'web',
      { forwards: [{ localPort: 8080, containerPort: 80, host: 'localhost', linkPath: 'ui' }], discovery: 'web' },
      {
        forwards: [
          {
            localPort: 8080,
            containerPort: 80,
            host: 'localhost',
            listeningSince: at(2),
            pod: 'web-1',
            connections: 1,
          },
        ],
      },
      meta('web'),
    )
    const project = { name: 'shop', files: ['/shop/compose.yaml'], dir: '/shop', wait: false }
    tx.put(
      'DockerComposeService',
      'db',
      { service: 'db', project, disableSource: { configMap: { name: 'db-disable', key: 'isDisabled' } } },
      {
        known: true,
        containers: [
          {
            id: 'c1',
            name: 'shop-db-1',
            imageId: 'sha256:2',
            configHash: 'h',
            createdAt: at(1),
            state: {
              status: 'running',
              running: true,
              error: '',
              exitCode: 0,
              startedAt: at(2),
              healthStatus: 'healthy',
              restartCount: 0,
            },
          },
        ],
        portBindings: [{ containerPort: 5432, hostPort: 15432, hostIP: '127.0.0.1', protocol: 'tcp' }],
        startedOnce: true,
        completedOnce: false,
      },
      meta('db'),
    )
  })
}
