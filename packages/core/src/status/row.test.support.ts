import {
  type Cmd,
  type CmdSpec,
  type CmdStatus,
  type ComposeService,
  type ContainerState,
  type DockerComposeService,
  type DockerComposeServiceStatus,
  type KubernetesDeploy,
  type KubernetesDiscovery,
  type KubernetesDiscoveryStatus,
  type LocalResourceNode,
  type ObjectMeta,
  type ObjectState,
  type Resource,
  type ResourceSpec,
  type ResourceStatus,
  type ServeSpec,
  toApiTime,
  type Update,
  type UpdateStatus,
} from '@tiltts/spec'
import { initialCmdStatus } from '../schedule/cmd-transitions.js'
import { initialResourceStatus } from '../schedule/resource-transitions.js'

/** Seconds after the start of the session, as milliseconds and as an API time. */
export const second = (n: number): number => 1_700_000_000_000 + n * 1_000
export const at = (n: number): string => toApiTime(second(n))

const meta = (name: string): ObjectMeta => ({
  name,
  uid: name,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: at(0),
})

const step = { command: { argv: ['true'], display: 'true' }, dir: '/app', env: {} }

export const serve: ServeSpec = { ...step, probe: undefined, restart: 'never', stopGraceMs: 10_000 }
export const probedServe: ServeSpec = {
  ...serve,
  probe: {
    action: { kind: 'tcp', port: 1, host: 'localhost' },
    initialDelayMs: 0,
    periodMs: 10_000,
    timeoutMs: 1_000,
    successThreshold: 1,
    failureThreshold: 3,
  },
}

const commonSpec = {
  order: 1,
  labels: [],
  links: [],
  dependencies: [],
  triggerMode: 'auto',
  autoInit: true,
  images: [],
  watches: [],
  updateHash: 'u',
  serveHash: 's',
} as const

/** A resource with a `cmd`; `serve` adds a server, `cmd: undefined` takes the command away. */
export function resource(
  name: string,
  more: {
    readonly spec?: Partial<Omit<ResourceSpec, 'type' | 'local' | 'compose' | 'kubernetes'>>
    readonly local?: Partial<LocalResourceNode>
    readonly status?: Partial<ResourceStatus>
  } = {},
): Resource {
  const local: LocalResourceNode = {
    kind: 'local',
    name,
    place: undefined,
    labels: [],
    links: [],
    dependencies: [],
    triggerMode: undefined,
    autoInit: true,
    readyTimeoutMs: undefined,
    onDown: undefined,
    cmd: step,
    serve: undefined,
    deps: [],
    ignores: [],
    outputs: [],
    allowParallel: false,
    ...more.local,
  }
  return {
    apiVersion: 'tilt.dev/v1alpha1',
    kind: 'Resource',
    metadata: meta(name),
    spec: {
      ...commonSpec,
      type: 'local',
      local,
      ...more.spec,
    },
    status: { ...initialResourceStatus(true), ...more.status },
  }
}

/** A resource that is a service of compose. */
export function serviceResource(
  name: string,
  more: {
    readonly spec?: Partial<Omit<ResourceSpec, 'type' | 'local' | 'compose' | 'kubernetes'>>
    readonly service?: Partial<ComposeService>
    readonly status?: Partial<ResourceStatus>
  } = {},
): Resource {
  const service: ComposeService = {
    name,
    image: `shop-${name}`,
    dependsOn: [],
    hasHealthcheck: false,
    restart: 'no',
    ports: [],
    mounts: [],
    scale: 1,
    mustStay: false,
    overridesEntrypoint: false,
    configHash: 'c',
    definitionHash: 'd',
    place: undefined,
    ...more.service,
  }
  return {
    apiVersion: 'tilt.dev/v1alpha1',
    kind: 'Resource',
    metadata: meta(name),
    spec: { ...commonSpec, type: 'docker-compose', compose: { project, service, imageBy: 'none' }, ...more.spec },
    status: { ...initialResourceStatus(true), ...more.status },
  }
}

const project = { name: 'shop', files: ['/app/compose.yaml'], dir: '/app', wait: false }

/** What the engine tells of the containers of a service. */
export function composeService(
  states: readonly Partial<ContainerState>[],
  status: Partial<DockerComposeServiceStatus> = {},
): DockerComposeService {
  return {
    apiVersion: 'tilt.dev/v1alpha1',
    kind: 'DockerComposeService',
    metadata: meta('x'),
    spec: { service: 'x', project },
    status: {
      known: true,
      containers: states.map((state, index) => ({
        id: `id-${index + 1}`,
        name: `shop-x-${index + 1}`,
        imageId: 'sha256:1',
        configHash: 'c',
        createdAt: at(1),
        state: containerState(state),
      })),
      portBindings: [],
      startedOnce: states.length > 0,
      completedOnce: false,
      ...status,
    },
  }
}

/** A container that runs since second 1. */
export function containerState(more: Partial<ContainerState> = {}): ContainerState {
  const status = more.status ?? 'running'
  return {
    status,
    running: status === 'running',
    error: '',
    exitCode: 0,
    startedAt: at(1),
    ...(status === 'exited' && { finishedAt: at(3) }),
    restartCount: 0,
    ...more,
  }
}

/** The status of a resource whose update `name-1` has ended well. */
export function updated(name: string, more: Partial<ResourceStatus> = {}): Partial<ResourceStatus> {
  return { started: true, last: 'succeeded', succeededOnce: true, history: [`${name}-1`], ...more }
}

export function update(
  name: string,
  status: Partial<UpdateStatus> = {},
  causes: Update['spec']['causes'] = [],
): Update {
  return {
    apiVersion: 'tilt.dev/v1alpha1',
    kind: 'Update',
    metadata: meta(name),
    spec: { resource: name.replace(/-\d+$/, ''), causes },
    status: { phase: 'queued', queuedAt: at(0), holds: [], steps: [], ...status },
  }
}

/** The server of a resource, asked to run as `x-1`. */
export function serveCmd(status: Partial<CmdStatus> = {}, spec: Partial<CmdSpec> = {}): Cmd {
  return {
    apiVersion: 'tilt.dev/v1alpha1',
    kind: 'Cmd',
    metadata: meta('x:serve'),
    spec: { args: ['serve'], dir: '/app', env: [], role: 'server', runId: 'x-1', ...spec },
    status: { ...initialCmdStatus, waiting: undefined, runId: 'x-1', ...status },
  }
}

export const runningServer = (ready: boolean, from = 1): Partial<CmdStatus> => ({
  running: { pid: 42, startedAt: at(from) },
  ready,
})

export const endedServer = (exitCode: number, reason?: string): Partial<CmdStatus> => ({
  terminated: { pid: 42, exitCode, startedAt: at(1), finishedAt: at(3), reason },
})

/** A resource that is deployed to Kubernetes. */
export function kubernetesResource(
  name: string,
  more: { readonly deploy?: Partial<KubernetesDeploy>; readonly status?: Partial<ResourceStatus> } = {},
): Resource {
  const kubernetes: KubernetesDeploy = {
    objects: [],
    imagePlaces: [],
    portForwards: [],
    podReadiness: 'wait',
    discoveryStrategy: 'default',
    extraPodSelectors: [],
    timeoutMs: 30_000,
    ...more.deploy,
  }
  return {
    apiVersion: 'tilt.dev/v1alpha1',
    kind: 'Resource',
    metadata: meta(name),
    spec: { ...commonSpec, type: 'k8s', kubernetes },
    status: { ...initialResourceStatus(true), ...more.status },
  }
}

/** What was found of a resource in the cluster. */
export function discovery(status: Partial<KubernetesDiscoveryStatus> = {}): KubernetesDiscovery {
  return {
    apiVersion: 'tilt.dev/v1alpha1',
    kind: 'KubernetesDiscovery',
    metadata: meta('x'),
    spec: { strategy: 'default', extraSelectors: [], podReadiness: 'wait', namespaces: ['default'] },
    status: {
      known: true,
      pods: [],
      objects: [],
      urls: [],
      forbidden: [],
      startedOnce: false,
      completedOnce: false,
      ...status,
    },
  }
}

/** An object that was applied, with the uid `uid-<name>`. */
export function objectState(kind: string, state: ObjectState['state'], message?: string): ObjectState {
  return { apiVersion: 'v1', kind, namespace: 'default', name: 'x', uid: 'uid-x', state, message }
}
