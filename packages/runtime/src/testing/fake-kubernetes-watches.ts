import type { KubernetesManifest } from '@tiltts/spec'
import type { Clock } from '../ports/clock.js'
import type { Kubernetes, WatchListener, WatchSelection, WatchState } from '../ports/kubernetes.js'
import { isSelected } from './fake-kubernetes-selectors.js'
import { type FakeStore, refIn } from './fake-kubernetes-store.js'

export interface FakeWatches {
  readonly watch: Kubernetes['watch']
  /** All list anew. */
  loseHistory(): void
  /** None hears anything until it gets through again. */
  cut(): void
  close(): void
}

export interface WatchParts {
  readonly store: FakeStore
  readonly clock: Clock
  /** Throws what a call would reject with. */
  readonly check: (selection: WatchSelection) => void
}

const RETRY_MS = 500
const FORBIDDEN_MS = 30_000

interface Watch {
  list(): void
  cut(): void
  close(): void
}

export function fakeWatches(parts: WatchParts): FakeWatches {
  const open = new Set<Watch>()
  return {
    watch(selection, listener) {
      const watch = startWatch(parts, selection, listener)
      open.add(watch)
      return {
        close() {
          open.delete(watch)
          watch.close()
        },
      }
    },
    loseHistory() {
      for (const watch of open) watch.list()
    },
    cut() {
      for (const watch of open) watch.cut()
    },
    close() {
      for (const watch of open) watch.close()
      open.clear()
    },
  }
}

function startWatch({ store, clock, check }: WatchParts, selection: WatchSelection, listener: WatchListener): Watch {
  let closed = false
  let following = false
  let known = new Set<string>()
  let cancel = (): void => {}
  const keyOf = (object: KubernetesManifest): string => {
    const { namespace, name } = refIn(object)
    return `${namespace}/${name}`
  }
  /** Nobody is told from within a call of his own. */
  const later = (fn: () => void): void => {
    queueMicrotask(() => {
      if (!closed) fn()
    })
  }
  const say = (state: WatchState): void => later(() => listener.onState(state))

  const list = (): void => {
    cancel()
    try {
      check(selection)
    } catch (error) {
      lose(error)
      return
    }
    const objects = store.all(selection.apiVersion, selection.kind).filter((object) => isSelected(object, selection))
    known = new Set(objects.map(keyOf))
    const wasFollowing = following
    following = true
    later(() => listener.onChange({ type: 'all', objects }))
    if (!wasFollowing) say({ is: 'following' })
  }
  const lose = (error: unknown): void => {
    following = false
    const message = error instanceof Error ? error.message : String(error)
    const isForbidden = error instanceof Error && 'code' in error && error.code === 'kubernetes/forbidden'
    const retryInMs = isForbidden ? FORBIDDEN_MS : RETRY_MS
    say({ is: isForbidden ? 'forbidden' : 'lost', message, retryInMs })
    cancel = clock.timer(retryInMs, list)
  }
  const stop = store.listen(({ type, object }) => {
    if (!following || closed) return
    const key = keyOf(object)
    const isIn = type === 'put' && isSelected(object, selection)
    if (!isIn && !(known.has(key) && object.kind === selection.kind && object.apiVersion === selection.apiVersion))
      return
    if (isIn) known.add(key)
    else known.delete(key)
    later(() => listener.onChange({ type: isIn ? 'put' : 'remove', object }))
  })
  later(list)
  return {
    list() {
      if (following) list()
    },
    cut() {
      if (!following) return
      try {
        check(selection)
      } catch (error) {
        lose(error)
      }
    },
    close() {
      closed = true
      cancel()
      stop()
    },
  }
}
