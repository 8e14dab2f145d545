import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { type ComposeContainer, type DockerComposeService, fromApiTime, type TiltError } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Docker } from '../../ports/docker.js'
import { type NameController, own, watch } from '../controller.js'
import { disableMapIndex } from '../disable-index.js'
import { type ContainerLog, type ContainerRun, containerLog } from '../logs/container-log.js'
import { engineTime } from '../logs/engine-time.js'
import { switchState } from '../switch-state.js'
import type { Tasks } from '../tasks.js'
import { resourceOfService } from './service-controller.js'

export interface ComposeLogDeps {
  readonly store: ObjectStore
  readonly docker: Pick<Docker, 'logs' | 'inspectContainer'>
  readonly clock: Clock
  readonly logs: LogStore
  readonly tasks: Tasks
  /** See `DockerConnection.reportLost`. */
  readonly reportLost: (error: TiltError) => void
}

export interface ComposeLogs extends NameController {
  /**
   * Resolves when the logs hold the last words of all containers that have ended, of one DockerComposeService or of all; at
   * the latest after 2 s.
   */
  lastWords(service?: string): Promise<void>
  close(): void
}

/** An engine that has not told the rest by then is too slow to wait for. */
const lastWordsMs = 2_000

/** What is held for one service. */
interface ServiceLogs {
  readonly byContainer: Map<string, ContainerLog>
  /** Containers that were there before the session: what they said before it is not its business. */
  readonly earlier: ReadonlySet<string>
  latest: DockerComposeService
}

/** Puts the output of the containers of all enabled services into the logs of their resources. */
export function composeLogs(deps: ComposeLogDeps): ComposeLogs {
  const { store } = deps
  const since = deps.clock.now()
  const services = new Map<string, ServiceLogs>()
  const byMap = disableMapIndex()
  let closed = false

  const heldOf = (service: DockerComposeService): ServiceLogs => {
    const { name } = service.metadata
    const present = services.get(name)
    if (present !== undefined) {
      present.latest = service
      return present
    }
    const earlier = service.status.containers.filter(({ createdAt }) => fromApiTime(createdAt) < since)
    const held = { byContainer: new Map(), earlier: new Set(earlier.map(({ id }) => id)), latest: service }
    services.set(name, held)
    return held
  }

  const logOf = (held: ServiceLogs, { id, number }: ComposeContainer): ContainerLog => {
    const present = held.byContainer.get(id)
    if (present !== undefined) return present
    const resource = resourceOfService(held.latest)
    const log = containerLog(deps, {
      span: `dc:${resource}:${id.slice(0, 12)}`,
      resource,
      since: held.earlier.has(id) ? engineTime(since) : undefined,
      prefix: () => prefixOf(held.latest, number),
      read: ({ since: from }, signal) => deps.docker.logs(id, { since: from }, signal),
      isGone: async () => (await deps.docker.inspectContainer(id)) === undefined,
    })
    held.byContainer.set(id, log)
    return log
  }

  /** What has nothing more to say, or may not say it any more. */
  const leave = (held: ServiceLogs, keep: (id: string) => boolean): void => {
    for (const [id, log] of held.byContainer) {
      if (keep(id)) continue
      log.retire()
      // Where it came to is kept as long as the container is there.
      const isThere = held.latest.status.containers.some((container) => container.id === id)
      if (log.idle && !isThere) held.byContainer.delete(id)
    }
  }

  const reconcile = (name: string): void => {
    if (closed) return
    const service = store.get('DockerComposeService', name)
    byMap.set(name, service?.spec.disableSource)
    if (service === undefined) {
      const held = services.get(name)
      if (held !== undefined) leave(held, () => false)
      return
    }
    const { known, containers } = service.status
    if (!known) {
      for (const log of services.get(name)?.byContainer.values() ?? []) log.sleep()
      return
    }
    const held = heldOf(service)
    const state = switchState(store, service.spec.disableSource)
    if (state === 'unknown') return
    const present = new Set(state === 'enabled' ? containers.map(({ id }) => id) : [])
    leave(held, (id) => present.has(id))
    if (state === 'enabled') for (const container of containers) logOf(held, container).see(runOf(container))
  }

  return {
    name: 'compose-logs',
    watches: [own('DockerComposeService'), watch('ConfigMap', ({ name }) => byMap.of(name))],
    reconcile,
    async lastWords(service) {
      if (service !== undefined) reconcile(service)
      const held =
        service === undefined ? [...services.values()] : [services.get(service)].filter((one) => one !== undefined)
      const all = held.flatMap(({ byContainer }) => [...byContainer.values()])
      await new Promise<void>((resolve) => {
        const cancel = deps.clock.timer(lastWordsMs, resolve)
        void Promise.all(all.map((log) => log.lastWords())).then(() => {
          cancel()
          resolve()
        })
      })
    },
    close() {
      closed = true
      for (const { byContainer } of services.values()) for (const log of byContainer.values()) log.close()
    },
  }
}

/** Nothing, as long as one container speaks for the service. While one is replaced there are two of a number. */
function prefixOf({ spec, status }: DockerComposeService, number: number | undefined): string {
  const numbers = new Set([number, ...status.containers.map((container) => container.number)])
  return numbers.size < 2 ? '' : `[${spec.service}-${number}] `
}

function runOf({ name, state }: ComposeContainer): ContainerRun {
  const { running, startedAt, finishedAt, restartCount } = state
  const key = `${startedAt}/${running ? 'runs' : finishedAt}/${restartCount}`
  return { key, name, started: startedAt !== undefined, running }
}
