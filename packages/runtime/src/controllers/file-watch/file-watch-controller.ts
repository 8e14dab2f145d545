import type { LogStore } from '@tiltts/core/logs'
import type { ObjectStore } from '@tiltts/core/store'
import { annotation, type FileWatchSpec, type FileWatchStatus, isTiltError } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Files, WatchProblem } from '../../ports/files.js'
import { type NameController, ownSpec, watch } from '../controller.js'
import { disableMapIndex } from '../disable-index.js'
import { switchState } from '../switch-state.js'
import { filesSeen, watchOpened, watchTroubled } from './file-events.js'
import { type LiveWatch, liveWatch } from './live-watch.js'

export interface FileWatchControllerDeps {
  readonly store: ObjectStore
  readonly files: Files
  readonly clock: Clock
  readonly logs: LogStore
}

export interface FileWatchController extends NameController {
  closeAll(): Promise<void>
}

/** Keeps the watches that FileWatches name, and tells in their status what changed, settled. */
export function fileWatchController(deps: FileWatchControllerDeps): FileWatchController {
  const { store, clock, logs } = deps
  const open = new Map<string, LiveWatch>()
  const byMap = disableMapIndex()

  const write = (name: string, change: (status: FileWatchStatus) => FileWatchStatus): void => {
    const resource = resourceOfWatch(name)
    store.update({ by: 'file-watch', ...(resource !== undefined && { resource }) }, (tx) =>
      tx.status('FileWatch', name, change),
    )
  }

  const resourceOfWatch = (name: string): string | undefined =>
    store.get('FileWatch', name)?.metadata.annotations?.[annotation.resource]

  const tell = (name: string, problem: WatchProblem): void => {
    write(name, (status) => watchTroubled(status, problem.message))
    const span = `filewatch:${name}`
    logs.span({ id: span, resource: resourceOfWatch(name) ?? '', source: 'build' })
    const rest = problem.rescanned
      ? ''
      : ' Changes may have been missed: trigger the resource, or touch the file again.'
    logs.append(span, `${problem.message}${rest}\n`, 'warn')
  }

  const close = async (name: string): Promise<void> => {
    const present = open.get(name)
    open.delete(name)
    await present?.close()
  }

  const watchOf = (name: string): LiveWatch => {
    const present = open.get(name)
    if (present !== undefined) return present
    const created = liveWatch(deps, {
      onFiles: (paths, at) => write(name, (status) => filesSeen(status, paths, at)),
      onProblem: (problem) => tell(name, problem),
    })
    open.set(name, created)
    return created
  }

  const follow = async (name: string, spec: FileWatchSpec): Promise<void> => {
    await watchOf(name).follow(spec)
    write(name, (status) => watchOpened(status, clock.now()))
  }

  return {
    name: 'file-watch',
    watches: [ownSpec('FileWatch'), watch('ConfigMap', (change) => byMap.of(change.name))],
    async reconcile(name) {
      const object = store.get('FileWatch', name)
      byMap.set(name, object?.spec.disableSource)
      if (object === undefined || switchState(store, object.spec.disableSource) !== 'enabled') return close(name)
      // A spec that equals the one before is the same value.
      if (open.get(name)?.spec === object.spec) return
      try {
        await follow(name, object.spec)
      } catch (error) {
        if (isTiltError(error) && error.class === 'infra') write(name, (status) => watchTroubled(status, error.message))
        throw error
      }
    },
    async closeAll() {
      await Promise.all([...open.keys()].map(close))
    },
  }
}
