import { createHash, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { atEnd } from './cleanup.js'

/** An API server without a cluster: each Deployment that is put there has as many pods as it asks for, all ready at once. */
export interface SimulatedCluster {
  readonly kubeconfig: string
  /** How many pods there are, and how many of their logs are read. */
  readonly counts: () => { readonly pods: number; readonly logs: number }
  close(): void
}

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

interface Deployment extends Manifest {
  readonly spec: {
    readonly replicas?: number
    readonly template: { readonly metadata: object; readonly spec: { readonly containers: readonly object[] } }
  }
}

const kinds: Readonly<Record<string, readonly (readonly [name: string, kind: string, namespaced: boolean])[]>> = {
  '/api/v1': [
    ['pods', 'Pod', true],
    ['events', 'Event', true],
    ['namespaces', 'Namespace', false],
    ['nodes', 'Node', false],
    ['configmaps', 'ConfigMap', true],
    ['services', 'Service', true],
  ],
  '/apis/apps/v1': [
    ['deployments', 'Deployment', true],
    ['replicasets', 'ReplicaSet', true],
  ],
}
const created = '2026-01-02T10:00:00Z'

/** @param folder where its kubeconfig is written */
export async function simulateCluster(folder: string): Promise<SimulatedCluster> {
  /** By the path of the collection, then by name. */
  const stored = new Map<string, Map<string, Manifest>>()
  const watchers = new Map<string, Set<ServerResponse>>()
  const logs = new Set<ServerResponse>()
  let version = 1

  const put = (collection: string, object: Manifest): Manifest => {
    const objects = stored.get(collection) ?? new Map<string, Manifest>()
    stored.set(collection, objects)
    version += 1
    const present = objects.get(object.metadata.name)
    const uid = present?.metadata['uid'] ?? object.metadata['uid'] ?? randomUUID()
    const facts = { uid, resourceVersion: String(version), generation: 1, creationTimestamp: created }
    const kept = { ...object, metadata: { ...object.metadata, ...facts } }
    objects.set(object.metadata.name, kept)
    const event = `${JSON.stringify({ type: present === undefined ? 'ADDED' : 'MODIFIED', object: kept })}\n`
    for (const watcher of watchers.get(collection) ?? []) watcher.write(event)
    return kept
  }
  const deploy = (namespace: string, asked: Deployment): Manifest => {
    const { name } = asked.metadata
    const count = asked.spec.replicas ?? 1
    const isNew = stored.get(`/apis/apps/v1/namespaces/${namespace}/deployments`)?.has(name) !== true
    const status = deploymentStatus(count)
    const deployment = put(`/apis/apps/v1/namespaces/${namespace}/deployments`, { ...asked, status })
    if (!isNew) return deployment
    const hash = createHash('sha1').update(name).digest('hex').slice(0, 10)
    const set = put(`/apis/apps/v1/namespaces/${namespace}/replicasets`, {
      ...replicaSet(asked, hash),
      metadata: { name: `${name}-${hash}`, namespace, ...labelled(asked, hash), ...ownedBy(deployment) },
    })
    for (let n = 0; n < count; n++) put(`/api/v1/namespaces/${namespace}/pods`, podOf(asked, set, namespace, hash, n))
    return deployment
  }

  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (bytes) => {
      body += bytes
    })
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
      const json = (value: unknown, code = 200): void =>
        void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value))
      if (pathname === '/version') return json({ gitVersion: 'v1.34.0' })
      if (pathname === '/readyz') return void response.end('ok')
      if (pathname === '/api/v1/namespaces/kube-system')
        return json({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'simulated' } })
      const known = kinds[pathname]
      if (known !== undefined)
        return json({
          kind: 'APIResourceList',
          resources: known.map(([name, kind, namespaced]) => ({ name, kind, namespaced })),
        })
      if (pathname.endsWith('/log')) {
        logs.add(response)
        response.on('close', () => logs.delete(response))
        response.writeHead(200, { 'content-type': 'text/plain' }).write(`${created.slice(0, -1)}.5Z listening\n`)
        return
      }
      const [, collection = '', name] =
        /^(.*\/(?:namespaces|nodes|pods|events|configmaps|services|deployments|replicasets))(?:\/([^/]+))?$/.exec(
          pathname,
        ) ?? []
      if (name !== undefined) {
        if (request.method === 'PATCH') {
          const asked = JSON.parse(body) as Deployment
          const namespace = asked.metadata.namespace ?? 'default'
          return json(asked.kind === 'Deployment' ? deploy(namespace, asked) : put(collection, asked))
        }
        const found = stored.get(collection)?.get(name)
        if (found !== undefined) return json(found)
        return json({ kind: 'Status', status: 'Failure', code: 404, reason: 'NotFound', message: 'not found' }, 404)
      }
      if (searchParams.get('watch') !== null) {
        const open = watchers.get(collection) ?? new Set()
        watchers.set(collection, open)
        open.add(response)
        response.on('close', () => open.delete(response))
        response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
        return
      }
      const items = [...(stored.get(collection)?.values() ?? [])]
      json({ kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: String(version) }, items })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const kubeconfig = join(folder, 'simulated-kubeconfig.json')
  const name = 'kind-simulated'
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: name } }],
      clusters: [{ name, cluster: { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } }],
      users: [{ name, user: {} }],
    }),
  )
  return {
    kubeconfig,
    counts: () => ({
      pods: [...stored].reduce((sum, [path, objects]) => sum + (path.endsWith('/pods') ? objects.size : 0), 0),
      logs: logs.size,
    }),
    close: atEnd(() => {
      server.close()
      server.closeAllConnections()
    }),
  }
}

function deploymentStatus(replicas: number): object {
  const condition = (type: string, reason: string): object => ({
    type,
    status: 'True',
    reason,
    message: `Deployment: ${reason}`,
    lastUpdateTime: created,
    lastTransitionTime: created,
  })
  return {
    observedGeneration: 1,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    conditions: [
      condition('Available', 'MinimumReplicasAvailable'),
      condition('Progressing', 'NewReplicaSetAvailable'),
    ],
  }
}

function replicaSet(
  { spec }: Deployment,
  hash: string,
): { readonly apiVersion: string; readonly kind: string } & object {
  const template = { ...spec.template, metadata: { ...spec.template.metadata, hash } }
  const about = { spec: { ...spec, template }, status: { replicas: spec.replicas } }
  return { apiVersion: 'apps/v1', kind: 'ReplicaSet', ...about }
}

function labelled({ spec }: Deployment, hash: string): { readonly labels: Readonly<Record<string, string>> } {
  const { labels } = spec.template.metadata as { readonly labels?: Readonly<Record<string, string>> }
  return { labels: { ...labels, 'pod-template-hash': hash } }
}

function ownedBy({ apiVersion, kind, metadata }: Manifest): object {
  return { ownerReferences: [{ apiVersion, kind, name: metadata.name, uid: metadata['uid'], controller: true }] }
}

/** With all that a real one says of itself, since that is what takes the memory. */
function podOf(deployment: Deployment, set: Manifest, namespace: string, hash: string, n: number): Manifest {
  const suffix = createHash('sha1').update(`${hash}${n}`).digest('hex').slice(0, 5)
  const { labels } = labelled(deployment, hash)
  const condition = (type: string): object => ({
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: created,
  })
  const field = (name: string): string => `f:${name}`
  const managedFields = ['kube-controller-manager', 'kubelet'].map((manager) => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: created,
    fieldsType: 'FieldsV1',
    fieldsV1: Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [field(`spec-${at}`), { '.': {}, [field('value')]: {} }]),
    ),
  }))
  const account = {
    name: 'kube-api-access-x',
    mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    readOnly: true,
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${set.metadata.name}-${suffix}`, namespace, labels, ...ownedBy(set), managedFields },
    spec: {
      ...deployment.spec.template.spec,
      containers: deployment.spec.template.spec.containers.map((container) => ({
        ...container,
        terminationMessagePath: '/dev/termination-log',
        imagePullPolicy: 'IfNotPresent',
        volumeMounts: [account],
        env: Array.from({ length: 20 }, (_, at) => ({ name: `SETTING_${at}`, value: `value ${at} of pod ${n}` })),
      })),
      volumes: [
        { name: account.name, projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token' } }] } },
      ],
      restartPolicy: 'Always',
      nodeName: `node-${n % 10}`,
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
    },
    status: {
      phase: 'Running',
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(
        condition,
      ),
      hostIP: '192.0.2.2',
      podIP: `10.244.${n >> 8}.${n & 255}`,
      startTime: created,
      qosClass: 'BestEffort',
      containerStatuses: deployment.spec.template.spec.containers.map((container) => ({
        ...container,
        state: { running: { startedAt: created } },
        lastState: {},
        ready: true,
        restartCount: 0,
        started: true,
        imageID: `registry.example.com/api@sha256:${createHash('sha256').update(hash).digest('hex')}`,
        containerID: `containerd://${createHash('sha256').update(`${hash}${n}`).digest('hex')}`,
      })),
    },
  }
}
