import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { annotation, type DockerComposeService, isTiltError, type TiltError } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Docker } from '../../ports/docker.js'
import { type NameController, watch } from '../controller.js'
import { disableMapIndex } from '../disable-index.js'
import { isDockerConnected, isUnreachable, watchDocker } from '../docker/docker-cluster.js'
import { switchState } from '../switch-state.js'
import { asTiltError, type Tasks } from '../tasks.js'
import { endLines } from './end-lines.js'
import { type ContainerLine, healthLines } from './health-lines.js'
import { type ProjectWatch, watchProject } from './project-watch.js'
import { serviceStatus, serviceUnknown } from './service-status.js'

export interface ComposeServiceDeps {
  readonly store: ObjectStore
  readonly docker: Pick<Docker, 'containers' | 'inspectContainer' | 'watchContainers'>
  readonly clock: Clock
  readonly logs: LogStore
  readonly tasks: Tasks
  /** Wakes the controller for a project. */
  readonly wake: (project: string) => void
  /** See `DockerConnection.reportLost`. */
  readonly reportLost: (error: TiltError) => void
  /** Resolves when the log holds what the ended containers of a DockerComposeService have said. */
  readonly lastWords: (name: string) => Promise<void>
}

/** Its names are those of projects. */
export interface ComposeServices extends NameController {
  /**
   * Looks at the containers of a DockerComposeService now and writes what is there, for those who have just changed them
   * and cannot wait to be told. Resolves at once when the engine does not answer.
   */
  look(name: string): Promise<void>
  close(): void
}

/** A watch that ended sooner is not opened again at once. */
const steadyMs = 1_000

/** Keeps the status of all services by one watch of the engine a project. */
export function composeServices(deps: ComposeServiceDeps): ComposeServices {
  const { store, clock, logs, tasks } = deps
  const since = clock.now()
  const watches = new Map<string, ProjectWatch>()
  /** Projects that have services, with the names of these by service. */
  const projects = new Map<string, ReadonlyMap<string, string>>()
  const byMap = disableMapIndex()
  let closed = false

  const servicesOf = (project: string): readonly DockerComposeService[] =>
    store.list('DockerComposeService').filter(({ spec }) => spec.project.name === project)

  const write = (names: readonly string[]): void => {
    const before = names.map((name) => store.get('DockerComposeService', name))
    const [only, ...others] = before
    const resource = only === undefined || others.length > 0 ? {} : { resource: resourceOfService(only) }
    store.update({ by: 'compose-service', ...resource }, (tx) => {
      for (const object of before) {
        if (object === undefined) continue
        const { spec, metadata } = object
        const found = watches.get(spec.project.name)?.of(spec.service)
        const enabled = switchState(store, spec.disableSource) !== 'disabled'
        tx.status('DockerComposeService', metadata.name, (status) =>
          found === undefined ? serviceUnknown(status) : serviceStatus(status, found, { since, enabled }),
        )
      }
    })
    for (const object of before) if (object !== undefined) tell(object)
  }

  const tell = (before: DockerComposeService): void => {
    const after = store.get('DockerComposeService', before.metadata.name)
    if (after === undefined || after === before) return
    const resource = resourceOfService(after)
    say(resource, healthLines(before.status, after.status))
    const ends = endsOf(resource, before, after)
    if (ends.length === 0) return
    tasks.run(`end of ${resource}`, async () => {
      await deps.lastWords(after.metadata.name)
      say(resource, ends)
    })
  }

  const say = (resource: string, lines: readonly ContainerLine[]): void => {
    for (const { text, level } of lines) {
      const span = `dc:${resource}`
      logs.span({ id: span, resource, source: 'runtime' })
      logs.append(span, `${text}\n`, level)
    }
  }

  const endsOf = (
    resource: string,
    { status: before }: DockerComposeService,
    { status: after, spec }: DockerComposeService,
  ): readonly ContainerLine[] => {
    const status = store.get('Resource', resource)?.status
    // What is switched off or stopped is removed here.
    if (status === undefined || status.stopped === true) return []
    if (!after.known || switchState(store, spec.disableSource) !== 'enabled') return []
    const update = status.current === undefined ? undefined : store.get('Update', status.current)
    const updatingSince = update && (update.status.startTime ?? update.metadata.creationTimestamp)
    return endLines(before, after, { resource, since, updatingSince })
  }

  const open = async (project: string): Promise<void> => {
    const openedAt = clock.now()
    try {
      const opened = await watchProject(deps, project, {
        onChange(services) {
          const names = projects.get(project)
          write([...services].flatMap((service) => names?.get(service) ?? []))
        },
        onEnd(error) {
          watches.delete(project)
          if (!isTiltError(error) || error.class !== 'infra') throw asTiltError(`containers of ${project}`, error)
          // What is away for good says so when it is opened again.
          if (clock.now() - openedAt >= steadyMs) deps.wake(project)
          else clock.timer(steadyMs, () => deps.wake(project))
        },
      })
      if (closed) opened.close()
      else watches.set(project, opened)
    } catch (error) {
      if (!isUnreachable(error)) throw error
      deps.reportLost(error)
    }
  }

  const shut = (project: string): void => {
    watches.get(project)?.close()
    watches.delete(project)
  }

  return {
    name: 'compose-service',
    watches: [
      watch('DockerComposeService', ({ before, after }) =>
        before?.spec === after?.spec ? [] : [before, after].flatMap((object) => object?.spec.project.name ?? []),
      ),
      watch('ConfigMap', ({ name }) =>
        [...byMap.of(name)].flatMap((object) => store.get('DockerComposeService', object)?.spec.project.name ?? []),
      ),
      watchDocker(() => projects.keys()),
    ],
    async reconcile(project) {
      if (closed) return
      const services = servicesOf(project)
      for (const { metadata, spec } of services) byMap.set(metadata.name, spec.disableSource)
      if (services.length === 0) {
        projects.delete(project)
        shut(project)
        return
      }
      projects.set(project, new Map(services.map(({ metadata, spec }) => [spec.service, metadata.name])))
      if (!isDockerConnected(store)) shut(project)
      else if (!watches.has(project)) await open(project)
      if (!closed) write([...(projects.get(project)?.values() ?? [])])
    },
    async look(name) {
      const { project, service } = store.get('DockerComposeService', name)?.spec ?? {}
      if (project !== undefined && service !== undefined) await watches.get(project.name)?.look(service)
    },
    close() {
      closed = true
      for (const project of [...watches.keys()]) shut(project)
    },
  }
}

/** The row that a service belongs to. */
export function resourceOfService({ metadata }: Pick<DockerComposeService, 'metadata'>): string {
  return metadata.annotations?.[annotation.resource] ?? metadata.name
}
