import { createLogStore, type LogStore } from '@tiltts/core/logs'
import { createStore, type ObjectStore } from '@tiltts/core/store'
import {
  annotation,
  type ClusterStatus,
  type DockerComposeServiceStatus,
  disableConfigMapName,
  type TiltError,
} from '@tiltts/spec'
import { dockerServices } from '../../docker-services.js'
import type { Docker } from '../../ports/docker.js'
import { type ManualClock, manualClock } from '../../testing/fake-clock.js'
import { type FakeCompose, type FakeComposeFile, fakeCompose } from '../../testing/fake-compose.js'
import { type FakeDocker, type FakeDockerOptions, fakeDocker } from '../../testing/fake-docker.js'
import type { DockerConnection } from '../docker/connection-controller.js'
import { dockerCluster } from '../docker/docker-cluster.js'
import { createManager, type Manager } from '../manager.js'
import { disableSourceOf } from '../switch-state.js'
import { createTasks, type Tasks } from '../tasks.js'
import type { ComposeLogs } from './log-streams.js'
import type { ComposeRemoval } from './removal.js'
import type { ComposeServices } from './service-controller.js'

export const composeFile = '/shop/compose.json'

/** The controllers of services on an engine in memory, without the rest of a session. */
export interface ServiceWorld {
  readonly clock: ManualClock
  readonly docker: FakeDocker
  readonly compose: FakeCompose
  readonly store: ObjectStore
  readonly logs: LogStore
  readonly manager: Manager
  readonly tasks: Tasks
  readonly connection: DockerConnection
  readonly services: ComposeServices
  readonly streams: ComposeLogs
  readonly removal: ComposeRemoval
  /** How often the engine was asked, by what. */
  readonly asked: Record<'watch' | 'list' | 'inspect' | 'logs', number>
  readonly errors: TiltError[]
  /** Declares services of the project `shop`, enabled, with the Cluster; the resource of `db` is called `db`. */
  declare(...services: readonly string[]): Promise<void>
  /** Takes services out of the config. */
  undeclare(...services: readonly string[]): Promise<void>
  enable(service: string, enabled: boolean): Promise<void>
  up(...services: readonly string[]): Promise<void>
  /** The first container of a service. */
  container(service: string, number?: number): string
  status(service: string): DockerComposeServiceStatus
  cluster(): ClusterStatus | undefined
  settled(): Promise<void>
  /** Text of a resource's log; of the session's own without a name. */
  log(resource?: string): string
  close(): void
}

export interface ServiceWorldOptions extends Pick<FakeDockerOptions, 'programs'> {
  readonly file?: FakeComposeFile
  readonly command?: 'dev' | 'ci'
  /** Replaces calls of the engine by others that behave in a way worth a test. */
  readonly docker?: (docker: FakeDocker) => Partial<Docker>
  /** What is there before the session begins. */
  readonly before?: (world: Pick<ServiceWorld, 'docker' | 'compose' | 'clock' | 'up'>) => Promise<void>
}

export async function serviceWorld(options: ServiceWorldOptions = {}): Promise<ServiceWorld> {
  const clock = manualClock()
  const docker = fakeDocker({ clock, programs: options.programs })
  const compose = fakeCompose({ docker, clock, projects: { [composeFile]: options.file ?? { services: {} } } })
  const project = { name: 'shop', dir: '/shop', files: [composeFile], wait: false }
  const up = async (...services: readonly string[]): Promise<void> => {
    const request = { project, services, onOutput: () => {}, wait: false, recreate: false }
    const { error } = await compose.up(request, new AbortController().signal)
    if (error !== undefined) throw new Error(error)
    await clock.advance(0)
  }
  await options.before?.({ docker, compose, clock, up })

  let uids = 0
  const store = createStore({ now: clock.now, uid: () => `uid-${++uids}` })
  const logs = createLogStore({ now: clock.now })
  logs.span({ id: 'global', resource: '', source: 'build' })
  const errors: TiltError[] = []
  const tasks = createTasks((error) => errors.push(error))
  const asked = { watch: 0, list: 0, inspect: 0, logs: 0 }
  const engine: Docker = {
    ...docker,
    watchContainers: (labels, onEvent) => {
      asked.watch += 1
      return docker.watchContainers(labels, onEvent)
    },
    containers: (labels) => {
      asked.list += 1
      return docker.containers(labels)
    },
    inspectContainer: (id) => {
      asked.inspect += 1
      return docker.inspectContainer(id)
    },
    logs: (id, given, signal) => {
      asked.logs += 1
      return docker.logs(id, given, signal)
    },
    ...options.docker?.(docker),
  }
  const parts = dockerServices({
    store,
    docker: engine,
    compose,
    clock,
    logs,
    tasks,
    command: options.command ?? 'dev',
    say: (text, level) => logs.append('global', `${text}\n`, level),
    wake: (controller) => (name) => manager.wake(controller, name),
  })
  const { connection, services, logs: streams, removal } = parts
  const manager = createManager({
    store,
    clock,
    controllers: parts.controllers,
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
  const disable = (service: string, isDisabled: boolean): void => {
    store.update({ by: 'test' }, (tx) =>
      tx.put('ConfigMap', disableConfigMapName(service), { data: { isDisabled: String(isDisabled) } }, {}),
    )
  }

  return {
    clock,
    docker,
    compose,
    store,
    logs,
    manager,
    tasks,
    connection,
    services,
    streams,
    removal,
    asked,
    errors,
    async declare(...names) {
      store.update({ by: 'test' }, (tx) => {
        if (tx.get('Cluster', dockerCluster) === undefined)
          tx.put('Cluster', dockerCluster, { connection: { docker: {} } }, {})
        for (const name of names) {
          const spec = { service: name, project, disableSource: disableSourceOf(name) }
          const status = { known: false, containers: [], portBindings: [], startedOnce: false, completedOnce: false }
          tx.put('DockerComposeService', name, spec, status, { annotations: { [annotation.resource]: name } })
          if (tx.get('ConfigMap', disableConfigMapName(name)) === undefined)
            tx.put('ConfigMap', disableConfigMapName(name), { data: { isDisabled: 'false' } }, {})
        }
      })
      await settled()
    },
    async undeclare(...names) {
      store.update({ by: 'test' }, (tx) => {
        for (const name of names) {
          tx.delete('DockerComposeService', name)
          tx.delete('ConfigMap', disableConfigMapName(name))
        }
      })
      await settled()
    },
    async enable(service, enabled) {
      disable(service, !enabled)
      await settled()
    },
    async up(...names) {
      await up(...names)
      await settled()
    },
    container(service, number = 1) {
      const found = compose.containersOf('shop', service)[number - 1]
      if (found === undefined) throw new Error(`no container ${number} of ${service}`)
      return found.id
    },
    status(service) {
      const found = store.get('DockerComposeService', service)
      if (found === undefined) throw new Error(`no service ${service}`)
      return found.status
    },
    cluster: () => store.get('Cluster', dockerCluster)?.status,
    settled,
    log: (resource = '') =>
      logs
        .tail(resource, 100_000)
        .map(({ message }) => message)
        .join('\n'),
    close() {
      manager.stop()
      removal.close()
      streams.close()
      services.close()
      connection.close()
    },
  }
}
