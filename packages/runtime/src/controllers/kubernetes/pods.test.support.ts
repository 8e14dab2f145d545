import { refOf } from '@tiltts/core/kubernetes'
import { createLogStore, type LogStore } from '@tiltts/core/logs'
import { createStore, type ObjectStore } from '@tiltts/core/store'
import {
  type AppliedObject,
  annotation,
  disableConfigMapName,
  type KubernetesDeploy,
  type KubernetesDiscoverySpec,
  type KubernetesDiscoveryStatus,
  type KubernetesManifest,
  type KubernetesResourceSpec,
  type PodContainer,
  type ResourceStatus,
  type TiltError,
} from '@tiltts/spec'
import { functionRegistry } from '../../functions/registry.js'
import type { FunctionCall } from '../../ports/config-host.js'
import type { Kubernetes, PodContainerRef, WatchSelection } from '../../ports/kubernetes.js'
import { type ManualClock, manualClock } from '../../testing/fake-clock.js'
import { type FakeKubernetes, fakeKubernetes } from '../../testing/fake-kubernetes.js'
import type { FakeKubernetesOptions } from '../../testing/fake-kubernetes-types.js'
import { type FakeListeners, fakeListeners } from '../../testing/fake-listeners.js'
import { createManager, type Manager } from '../manager.js'
import { disableSourceOf } from '../switch-state.js'
import { createTasks, type Tasks } from '../tasks.js'
import { type KubernetesDiscoveryController, kubernetesDiscovery } from './discovery-controller.js'
import { uidOf } from './object-index.js'
import { type PodLogs, podLogs } from './pod-logs.js'
import { type PortForwards, portForwards } from './port-forwards.js'

/** The controllers of pods on a cluster in memory, without the rest of a session. */
export interface PodWorld {
  readonly clock: ManualClock
  readonly kubernetes: FakeKubernetes
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly manager: Manager
  readonly tasks: Tasks
  readonly discovery: KubernetesDiscoveryController
  readonly podLogs: PodLogs
  readonly forwards: PortForwards
  readonly listeners: FakeListeners
  /** What is watched now, in the order of opening; `get` counts lookups. */
  readonly watched: WatchSelection[]
  readonly lookups: string[]
  /** The resources that were looked at anew because of something in the cluster. */
  readonly woken: string[]
  readonly errors: TiltError[]
  /** Declares a resource with its objects. */
  declare(name: string, objects: readonly KubernetesManifest[], more?: Declared): Promise<void>
  /** Applies its objects as an update does. */
  deploy(name: string): Promise<void>
  status(name: string): KubernetesDiscoveryStatus
  /** Name of its newest pod. */
  pod(name: string): string
  container(name: string, container?: string): PodContainer
  target(name: string, container?: string): PodContainerRef
  enable(name: string, enabled: boolean): Promise<void>
  settled(): Promise<void>
  advance(ms: number): Promise<void>
  log(resource: string): string
  close(): void
}

export interface Declared {
  readonly spec?: Partial<KubernetesDiscoverySpec>
  readonly deploy?: Partial<KubernetesDeploy>
  readonly status?: Partial<ResourceStatus>
}

export interface PodWorldOptions extends Pick<FakeKubernetesOptions, 'programs' | 'startMs' | 'readyMs'> {
  /** Replaces calls of the cluster by others that behave in a way worth a test. */
  readonly kubernetes?: (kubernetes: FakeKubernetes) => Partial<Kubernetes>
  /** What functions of the config answer. */
  readonly call?: (request: FunctionCall) => unknown
  readonly before?: (world: { readonly kubernetes: FakeKubernetes; readonly clock: ManualClock }) => Promise<void>
}

const never = new AbortController().signal

export async function podWorld(options: PodWorldOptions = {}): Promise<PodWorld> {
  const clock = manualClock()
  const kubernetes = fakeKubernetes({ clock, context: { namespace: 'shop' }, ...options })
  await kubernetes.apply(
    { object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, force: true },
    never,
  )
  await options.before?.({ kubernetes, clock })

  let uids = 0
  const store = createStore({ now: clock.now, uid: () => `uid-${++uids}` })
  const logs = createLogStore({ now: clock.now })
  const errors: TiltError[] = []
  const tasks = createTasks((error) => errors.push(error))
  const watched: WatchSelection[] = []
  const lookups: string[] = []
  const woken: string[] = []
  const replaced = options.kubernetes?.(kubernetes)
  const port: Kubernetes = {
    ...kubernetes,
    watch(selection, listener) {
      watched.push(selection)
      const opened = kubernetes.watch(selection, listener)
      return {
        close() {
          watched.splice(watched.indexOf(selection), 1)
          opened.close()
        },
      }
    },
    get(ref, signal) {
      lookups.push(`${ref.kind}/${ref.name}`)
      return kubernetes.get(ref, signal)
    },
    ...replaced,
  }
  const functions = functionRegistry()
  if (options.call !== undefined) {
    const { call } = options
    functions.replace({ call: async (request) => call(request), argv: () => [], release: async () => {} })
  }
  const base = { store, kubernetes: port, clock, logs, tasks, functions }
  const discovery = kubernetesDiscovery({
    ...base,
    wake(name) {
      woken.push(name)
      manager.wake('kubernetes-discovery', name)
    },
    lastWords: (name) => streams.lastWords(name),
  })
  const streams = podLogs(base)
  const listeners = fakeListeners()
  const forwards = portForwards({ ...base, listeners, discovery })
  const manager = createManager({
    store,
    clock,
    controllers: [discovery, streams, forwards],
    onFatal: (error) => errors.push(error),
    onRetry: (error) => errors.push(error),
  })
  manager.start()

  const settled = async (): Promise<void> => {
    for (let before = -1; before !== store.revision; ) {
      before = store.revision
      await clock.advance(0)
    }
  }
  const advance = async (ms: number): Promise<void> => {
    await clock.advance(ms)
    await settled()
  }
  const status = (name: string): KubernetesDiscoveryStatus => {
    const found = store.get('KubernetesDiscovery', name)
    if (found === undefined) throw new Error(`no discovery ${name}`)
    return found.status
  }
  const pod = (name: string): string => {
    const [newest] = status(name).pods
    if (newest === undefined) throw new Error(`no pod of ${name}`)
    return newest.name
  }

  return {
    clock,
    kubernetes,
    store,
    logs,
    manager,
    tasks,
    discovery,
    podLogs: streams,
    forwards,
    listeners,
    watched,
    lookups,
    woken,
    errors,
    async declare(name, objects, { spec, deploy, status: given } = {}) {
      store.update({ by: 'test' }, (tx) => {
        const labels = { annotations: { [annotation.resource]: name } }
        const disableSource = disableSourceOf(name)
        const resource = resourceSpec(objects, deploy)
        tx.put('Resource', name, resource, { ...resourceStatus, ...given }, labels)
        if (tx.get('ConfigMap', disableConfigMapName(name)) === undefined)
          tx.put('ConfigMap', disableConfigMapName(name), { data: { isDisabled: 'false' } }, {})
        const apply = { objects: objects.map(refOf), manifestHash: '', timeoutMs: 30_000, disableSource }
        tx.put('KubernetesApply', name, apply, { applied: [], appliedOnce: false }, labels)
        const discover: KubernetesDiscoverySpec = {
          strategy: 'default',
          extraSelectors: [],
          podReadiness: 'wait',
          namespaces: [...new Set(objects.map(({ metadata }) => metadata.namespace ?? ''))],
          disableSource,
          ...spec,
        }
        const empty = { pods: [], objects: [], urls: [], forbidden: [], startedOnce: false, completedOnce: false }
        tx.put('KubernetesDiscovery', name, discover, { known: false, ...empty }, labels)
      })
      await settled()
    },
    async deploy(name) {
      const objects = store.get('Resource', name)?.spec.kubernetes?.objects ?? []
      const applied: KubernetesManifest[] = []
      for (const object of objects) applied.push(await kubernetes.apply({ object, force: true }, never))
      discovery.applied(name, applied)
      store.update({ by: 'test' }, (tx) =>
        tx.status('KubernetesApply', name, () => ({ applied: applied.map(appliedRef), appliedOnce: true })),
      )
      await settled()
    },
    status,
    pod,
    container(name, wanted) {
      const containers = status(name).pods[0]?.containers ?? []
      const found = containers.find((one) => wanted === undefined || one.name === wanted)
      if (found === undefined) throw new Error(`no container of ${name}`)
      return found
    },
    target: (name, container = 'main') => ({ namespace: 'shop', pod: pod(name), container }),
    async enable(name, enabled) {
      store.update({ by: 'test' }, (tx) =>
        tx.spec('ConfigMap', disableConfigMapName(name), () => ({ data: { isDisabled: String(!enabled) } })),
      )
      await settled()
    },
    settled,
    advance,
    log: (resource) =>
      logs
        .tail(resource, 100_000)
        .map(({ message }) => message)
        .join('\n'),
    close() {
      manager.stop()
      streams.close()
      discovery.close()
    },
  }
}

function appliedRef(object: KubernetesManifest): AppliedObject {
  return { ...refOf(object), uid: uidOf(object), hash: 'h', podTemplateHashes: [] }
}

const resourceStatus: ResourceStatus = {
  pending: [],
  history: [],
  started: true,
  succeededOnce: true,
  last: 'succeeded',
  readyOnce: false,
  ready: false,
  enabled: 'enabled',
}

function resourceSpec(
  objects: readonly KubernetesManifest[],
  deploy: Partial<KubernetesDeploy> | undefined,
): KubernetesResourceSpec {
  return {
    type: 'k8s',
    order: 0,
    labels: [],
    links: [],
    dependencies: [],
    triggerMode: 'auto',
    autoInit: true,
    images: [],
    watches: [],
    updateHash: '',
    serveHash: '',
    kubernetes: {
      objects,
      imagePlaces: [],
      portForwards: [],
      podReadiness: 'wait',
      discoveryStrategy: 'default',
      extraPodSelectors: [],
      timeoutMs: 30_000,
      ...deploy,
    },
  }
}

export interface DeploymentOptions {
  readonly replicas?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly probe?: boolean
  readonly containers?: readonly Readonly<Record<string, unknown>>[]
  readonly initContainers?: readonly Readonly<Record<string, unknown>>[]
}

export function container(name: string, command: readonly string[] = ['forever']): Readonly<Record<string, unknown>> {
  return { name, image: `shop/${name}:1`, command }
}

export function deployment(name: string, options: DeploymentOptions = {}): KubernetesManifest {
  const labels = { app: name, ...options.labels }
  const { replicas = 1, containers = [container('main')], initContainers } = options
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels },
        spec: { containers, ...(initContainers !== undefined && { initContainers }) },
      },
    },
  }
}

export function job(name: string, command: readonly string[]): KubernetesManifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'shop' },
    spec: { template: { spec: { restartPolicy: 'Never', containers: [container('main', command)] } } },
  }
}

export function barePod(name: string, labels: Readonly<Record<string, string>> = {}): KubernetesManifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels },
    spec: { containers: [container('main')] },
  }
}
