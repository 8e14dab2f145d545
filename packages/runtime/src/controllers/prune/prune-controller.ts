import type { ObjectStore } from '@tiltts/core/store'
import { type Image, type LogLevel, type Millis, type Resource, type TiltError, wellKnown } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Docker, PruneRequest } from '../../ports/docker.js'
import { type BatchController, watch } from '../controller.js'
import { isDockerConnected, isUnreachable, watchDocker } from '../docker/docker-cluster.js'
import { type Tasks, worldsNo } from '../tasks.js'
import { pruneDueAt, prunedRepositories, pruneRequest } from './prune-settings.js'
import { pruneText } from './prune-text.js'

export interface PruneControllerDeps {
  readonly store: ObjectStore
  readonly docker: Pick<Docker, 'prune'>
  readonly clock: Clock
  readonly tasks: Tasks
  /** Wakes the controller. */
  readonly wake: (name: string) => void
  /** Writes a line in the log of the session itself. */
  readonly say: (text: string, level: LogLevel) => void
  /** See `DockerConnection.reportLost`. */
  readonly reportLost: (error: TiltError) => void
}

export interface PruneController extends BatchController {
  close(): void
}

const anything = ''

/**
 * Removes from time to time what earlier builds left in Docker. Never while an update that builds runs or is queued: a
 * pruning under way is broken off for it, and begun again afterwards.
 */
export function pruneController(deps: PruneControllerDeps): PruneController {
  const { store, docker, clock, tasks, say } = deps
  /** The build that was counted last, by image. */
  const counted = new Map<string, string>()
  const building = new Set<string>()
  let builds = 0
  let prunedAt: Millis | undefined
  let pruning: AbortController | undefined
  let cancelTimer = (): void => {}
  let closed = false

  const note = (name: string): void => {
    const [kind, ...rest] = name.split(' ')
    const own = rest.join(' ')
    if (kind === 'Resource') {
      if (isBuilding(store.get('Resource', own))) building.add(own)
      else building.delete(own)
    } else if (kind === 'Image') {
      const build = buildOf(store.get('Image', own))
      if (build === undefined || counted.get(own) === build) return
      counted.set(own, build)
      builds += 1
    }
  }

  const look = (): void => {
    cancelTimer()
    if (closed) return
    if (building.size > 0) {
      pruning?.abort(new Error('an image is about to be built'))
      return
    }
    const images = store.list('Image')
    if (pruning !== undefined || images.length === 0 || !isDockerConnected(store)) return
    const live = store.get('Tiltfile', wellKnown.tiltfile)?.status.live
    const settings = live?.settings.prune ?? {}
    const at = pruneDueAt(settings, { prunedAt, builds })
    if (at === undefined) return
    const now = clock.now()
    if (at > now) {
      cancelTimer = clock.timer(at - now, () => deps.wake(anything))
      return
    }
    const repositories = prunedRepositories(
      images.map(({ spec }) => spec),
      live?.registry,
    )
    begin(pruneRequest(settings, repositories, now))
  }

  const begin = (request: PruneRequest): void => {
    const abort = new AbortController()
    const before = builds
    pruning = abort
    tasks.run('pruning Docker', async () => {
      const done = await prune(request, abort.signal)
      pruning = undefined
      if (done) {
        prunedAt = clock.now()
        builds -= before
      }
      deps.wake(anything)
    })
  }

  /** Returns whether it is done with for now. */
  const prune = async (request: PruneRequest, signal: AbortSignal): Promise<boolean> => {
    try {
      const text = pruneText(await docker.prune(request, signal))
      if (text !== undefined) say(text, 'info')
      return true
    } catch (error) {
      if (signal.aborted) return false
      const message = worldsNo(error)
      if (isUnreachable(error)) {
        deps.reportLost(error)
        return false
      }
      say(`Docker could not be pruned: ${message}`, 'warn')
      return true
    }
  }

  return {
    name: 'prune',
    watches: [
      watch('Image', ({ name, before, after }) =>
        before?.status.result === after?.status.result ? [] : [`Image ${name}`],
      ),
      watch('Resource', ({ name, before, after }) =>
        isBuilding(before) === isBuilding(after) ? [] : [`Resource ${name}`],
      ),
      watch('Tiltfile', ({ before, after }) =>
        before?.status.live?.settings === after?.status.live?.settings ? [] : [anything],
      ),
      watchDocker(() => [anything]),
    ],
    reconcileAll(names) {
      for (const name of names) note(name)
      look()
    },
    close() {
      closed = true
      cancelTimer()
      pruning?.abort(new Error('the session ends'))
    },
  }
}

/** Whether an update that builds an image runs, or waits for its turn. */
function isBuilding(resource: Resource | undefined): boolean {
  if (resource === undefined) return false
  const { spec, status } = resource
  const builds = spec.images.length > 0 || spec.compose?.imageBy === 'compose'
  return builds && (status.current !== undefined || status.queued !== undefined)
}

/** Names the build that an image comes from; `undefined`: no builder was called for it. */
function buildOf(image: Image | undefined): string | undefined {
  const result = image?.status.result
  return result === undefined || result.reused ? undefined : `${result.buildStartTime} ${result.fingerprint}`
}
