import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import type { DockerComposeService, TiltError } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Compose } from '../../ports/compose.js'
import { type NameController, own, watch } from '../controller.js'
import { disableMapIndex } from '../disable-index.js'
import { isDockerConnected, isUnreachable, watchDocker } from '../docker/docker-cluster.js'
import { switchState } from '../switch-state.js'
import { type Tasks, worldsNo } from '../tasks.js'
import { removalOutput } from './removal-output.js'
import { resourceOfService } from './service-controller.js'

export interface ComposeRemovalDeps {
  readonly store: ObjectStore
  readonly compose: Pick<Compose, 'remove'>
  readonly clock: Clock
  readonly logs: LogStore
  readonly tasks: Tasks
  /** In `ci` nothing is removed. */
  readonly command: 'dev' | 'ci'
  /** See `DockerConnection.reportLost`. */
  readonly reportLost: (error: TiltError) => void
}

export interface ComposeRemoval extends NameController {
  close(): void
}

/** What waits to be removed of one project. */
interface Queue {
  /** As they were when they were to be removed, by name. */
  readonly services: Map<string, DockerComposeService>
  cancelTimer: () => void
  running: boolean
}

/** So long a project is quiet before its services are removed, so that those switched off together go together. */
const quietMs = 200

/**
 * Removes the containers of services that were switched off, or left the config, while the session goes on. What was off
 * from its start is left as it is.
 */
export function composeRemoval(deps: ComposeRemovalDeps): ComposeRemoval {
  const { store, compose, clock, logs, tasks } = deps
  /** Services that were enabled at some time, as they were seen last. */
  const known = new Map<string, DockerComposeService>()
  const queues = new Map<string, Queue>()
  const byMap = disableMapIndex()
  const life = new AbortController()

  const queueOf = (project: string): Queue => {
    const present = queues.get(project)
    if (present !== undefined) return present
    const created: Queue = { services: new Map(), cancelTimer: () => {}, running: false }
    queues.set(project, created)
    return created
  }

  const add = (service: DockerComposeService): void => {
    const project = service.spec.project.name
    const queue = queueOf(project)
    queue.services.set(service.metadata.name, service)
    schedule(project, queue)
  }

  const schedule = (project: string, queue: Queue): void => {
    queue.cancelTimer()
    queue.cancelTimer = clock.timer(quietMs, () => flush(project, queue))
  }

  const flush = (project: string, queue: Queue): void => {
    // What cannot be removed now stays queued until the engine is back, or the removal under way has ended.
    if (life.signal.aborted || queue.running || !isDockerConnected(store)) return
    const services = [...queue.services.values()].flatMap((service) => toRemove(service) ?? [])
    queue.services.clear()
    if (services.length === 0) return
    queue.running = true
    tasks.run(`removing services of ${project}`, async () => {
      try {
        await remove(services)
      } finally {
        queue.running = false
      }
      if (queue.services.size > 0) flush(project, queue)
    })
  }

  /** Looks again: it may have been enabled since, or have no container any more. */
  const toRemove = (service: DockerComposeService): DockerComposeService | undefined => {
    const present = store.get('DockerComposeService', service.metadata.name)
    if (present === undefined || !isSameService(present, service)) return livesOn(service) ? undefined : service
    const isOff = switchState(store, present.spec.disableSource) === 'disabled'
    return isOff && present.status.containers.length > 0 ? present : undefined
  }

  /** It may have got another name. */
  const livesOn = (service: DockerComposeService): boolean =>
    store.list('DockerComposeService').some((other) => isSameService(other, service))

  const remove = async (services: readonly DockerComposeService[]): Promise<void> => {
    const [first] = services
    if (first === undefined) return
    const spans = services.map(spanOf)
    const output = removalOutput(
      services.map(({ status }, index) => ({
        containers: status.containers.map((container) => container.name),
        append: (text) => logs.append(spans[index] ?? '', text),
      })),
    )
    const failed = (message: string): void => {
      for (const span of spans) logs.append(span, `The container could not be removed: ${message}\n`, 'error')
    }
    try {
      const { exitCode, error } = await compose.remove(
        { project: first.spec.project, services: services.map(({ spec }) => spec.service), onOutput: output.push },
        life.signal,
      )
      output.end()
      if (exitCode !== 0) failed(error ?? `exit code ${exitCode}`)
    } catch (error) {
      output.end()
      if (life.signal.aborted) return
      failed(worldsNo(error))
      if (!isUnreachable(error)) return
      for (const service of services) add(service)
      deps.reportLost(error)
    }
  }

  const spanOf = (service: DockerComposeService): string => {
    const resource = resourceOfService(service)
    const id = `dc:${resource}`
    logs.span({ id, resource, source: 'runtime' })
    return id
  }

  return {
    name: 'compose-removal',
    watches: [
      own('DockerComposeService'),
      watch('ConfigMap', ({ name }) => byMap.of(name)),
      watchDocker(() => [...queues.values()].flatMap(({ services }) => [...services.keys()])),
    ],
    reconcile(name) {
      if (deps.command !== 'dev' || life.signal.aborted) return
      for (const [project, queue] of queues) if (queue.services.has(name)) schedule(project, queue)
      const service = store.get('DockerComposeService', name)
      byMap.set(name, service?.spec.disableSource)
      const last = known.get(name)
      if (last !== undefined && (service === undefined || !isSameService(service, last))) {
        known.delete(name)
        if (mayHaveContainers(last)) add(last)
      }
      if (service === undefined) return
      const state = switchState(store, service.spec.disableSource)
      if (state === 'enabled' || known.has(name)) known.set(name, service)
      if (state === 'disabled' && known.has(name) && service.status.containers.length > 0) add(service)
    },
    close() {
      life.abort(new Error('the session ends'))
      for (const { cancelTimer } of queues.values()) cancelTimer()
    },
  }
}

function isSameService(a: DockerComposeService, b: DockerComposeService): boolean {
  return a.spec.service === b.spec.service && a.spec.project.name === b.spec.project.name
}

function mayHaveContainers({ status }: DockerComposeService): boolean {
  return !status.known || status.containers.length > 0 || status.startedOnce
}
