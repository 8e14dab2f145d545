import type { Clock } from '../../ports/clock.js'
import type { ContainerInfo, Docker } from '../../ports/docker.js'
import type { Tasks } from '../tasks.js'
import { projectLabels, serviceLabels, serviceOfContainer } from './compose-labels.js'

export interface ProjectWatchDeps {
  readonly docker: Pick<Docker, 'containers' | 'inspectContainer' | 'watchContainers'>
  readonly clock: Clock
  readonly tasks: Tasks
}

export interface ProjectWatchSink {
  /** The containers of these services are others now. */
  readonly onChange: (services: ReadonlySet<string>) => void
  /** Nothing more will be told. Not called after `close`. */
  readonly onEnd: (error: unknown) => void
}

/** All containers of a compose project, as they are now. */
export interface ProjectWatch {
  of(service: string): readonly ContainerInfo[]
  /** Lists the containers of a service anew; resolves when what was found is told, or when the watch has ended. */
  look(service: string): Promise<void>
  close(): void
}

/** The engine tells when a container turns unhealthy, but not what its check says later. */
const unhealthyPollMs = 5_000

/**
 * Watches all containers of a project by one stream. An event costs a look at the one container it is about; those of one
 * turn are told together.
 */
export async function watchProject(
  { docker, clock, tasks }: ProjectWatchDeps,
  project: string,
  sink: ProjectWatchSink,
): Promise<ProjectWatch> {
  const containers = new Map<string, ContainerInfo>()
  let events = new Map<string, 'change' | 'remove'>()
  let looks = new Map<string, (() => void)[]>()
  let working = true
  let closed = false
  let opened = false
  const failures: unknown[] = []
  let cancelPoll = (): void => {}

  const put = (id: string, found: ContainerInfo | undefined, changed: Set<string>): void => {
    const before = containers.get(id)
    if (found === undefined) containers.delete(id)
    else containers.set(id, found)
    for (const one of [before, found]) if (one !== undefined) changed.add(serviceOfContainer(one))
  }

  /** What is asked for in one go began after all that it is asked for; what happens meanwhile is told by another event. */
  const round = async (
    told: ReadonlyMap<string, 'change' | 'remove'>,
    wanted: ReadonlyMap<string, unknown>,
  ): Promise<void> => {
    const [found, lists] = await Promise.all([
      Promise.all(
        [...told].map(async ([id, what]) => ({
          id,
          info: what === 'remove' ? undefined : await docker.inspectContainer(id),
        })),
      ),
      Promise.all(
        [...wanted.keys()].map(async (service) => ({
          service,
          list: await docker.containers(serviceLabels(project, service)),
        })),
      ),
    ])
    const changed = new Set<string>()
    for (const { service, list } of lists) {
      const present = new Set(list.map(({ id }) => id))
      for (const { id } of of(service)) if (!present.has(id)) put(id, undefined, changed)
      for (const info of list) put(info.id, info, changed)
    }
    for (const { id, info } of found) put(id, info, changed)
    if (!closed && changed.size > 0) sink.onChange(changed)
  }

  const work = (): void => {
    if (working || closed) return
    working = true
    tasks.run(`containers of ${project}`, async () => {
      while (!closed && (events.size > 0 || looks.size > 0)) {
        const [told, wanted] = [events, looks]
        events = new Map()
        looks = new Map()
        await round(told, wanted).catch(end)
        for (const done of [...wanted.values()].flat()) done()
      }
      working = false
      poll()
    })
  }

  const poll = (): void => {
    cancelPoll()
    const unhealthy = [...containers.values()].filter(({ state }) => state.healthStatus === 'unhealthy')
    if (closed || unhealthy.length === 0) return
    cancelPoll = clock.timer(unhealthyPollMs, () => {
      for (const { id } of unhealthy) if (containers.has(id)) events.set(id, events.get(id) ?? 'change')
      work()
    })
  }

  const of = (service: string): readonly ContainerInfo[] =>
    [...containers.values()].filter((container) => serviceOfContainer(container) === service)

  const close = (): void => {
    if (closed) return
    closed = true
    cancelPoll()
    watch.close()
    for (const done of [...looks.values()].flat()) done()
  }

  const end = (error: unknown): void => {
    if (closed) return
    close()
    failures.push(error)
    if (opened) sink.onEnd(error)
  }

  const watch = await docker.watchContainers(projectLabels(project), ({ container, what }) => {
    events.set(container, what)
    work()
  })
  tasks.run(`watch of ${project}`, () => watch.ended.catch(end))
  try {
    for (const info of await docker.containers(projectLabels(project))) containers.set(info.id, info)
  } catch (error) {
    close()
    throw error
  }
  // It has ended under way.
  if (failures.length > 0) throw failures[0]
  opened = true
  working = false
  // What was told meanwhile may be newer than the list.
  work()
  poll()

  return {
    of,
    look: (service) =>
      new Promise((resolve) => {
        if (closed) return resolve()
        looks.set(service, [...(looks.get(service) ?? []), resolve])
        work()
      }),
    close,
  }
}
