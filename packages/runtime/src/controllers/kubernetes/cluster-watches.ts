import type { KubernetesManifest } from '@tiltts/spec'
import type { Kubernetes, WatchState } from '../../ports/kubernetes.js'
import { turns } from './turns.js'
import { selectionOf, type WatchedKind, watchKey } from './watch-kinds.js'

export interface ClusterWatchSink {
  readonly onPut: (object: KubernetesManifest) => void
  readonly onRemove: (object: KubernetesManifest) => void
  /** All there is, before it is told one by one. */
  readonly onAll: (kind: WatchedKind, objects: readonly KubernetesManifest[]) => void
  readonly onState: (kind: WatchedKind, users: readonly string[]) => void
}

/** One watch a kind and namespace, shared by all that need it. */
export interface ClusterWatches {
  /** From now on this is what somebody needs. */
  need(user: string, kinds: readonly WatchedKind[]): void
  /** `undefined`: it is not watched, or has not said anything yet. */
  stateOf(kind: WatchedKind): WatchState | undefined
  has(kind: WatchedKind): boolean
  /** What somebody needs. */
  kindsOf(user: string): readonly WatchedKind[]
  close(): void
}

interface OpenWatch {
  readonly kind: WatchedKind
  readonly users: Set<string>
  readonly close: () => void
  state: WatchState | undefined
}

export function clusterWatches(kubernetes: Pick<Kubernetes, 'watch'>, sink: ClusterWatchSink): ClusterWatches {
  const open = new Map<string, OpenWatch>()
  const needs = new Map<string, readonly WatchedKind[]>()

  const openWatch = (kind: WatchedKind): OpenWatch => {
    let closed = false
    const inTurn = turns(() => closed)
    const opened = kubernetes.watch(selectionOf(kind), {
      onChange(change) {
        if (change.type === 'all') {
          const { objects } = change
          inTurn.take([() => sink.onAll(kind, objects), ...objects.map((object) => () => sink.onPut(object))])
        } else if (change.type === 'put') inTurn.take([() => sink.onPut(change.object)])
        else inTurn.take([() => sink.onRemove(change.object)])
      },
      onState(state) {
        const tell = (): void => {
          watch.state = state
          sink.onState(kind, [...watch.users])
        }
        inTurn.take([tell])
      },
    })
    const watch: OpenWatch = {
      kind,
      users: new Set(),
      state: undefined,
      close() {
        closed = true
        opened.close()
      },
    }
    return watch
  }

  return {
    need(user, kinds) {
      const wanted = new Map(kinds.map((kind) => [watchKey(kind), kind]))
      for (const [key, kind] of wanted) {
        const watch = open.get(key) ?? openWatch(kind)
        open.set(key, watch)
        watch.users.add(user)
      }
      for (const kind of needs.get(user) ?? []) {
        const key = watchKey(kind)
        const watch = open.get(key)
        if (wanted.has(key) || watch === undefined) continue
        watch.users.delete(user)
        if (watch.users.size > 0) continue
        watch.close()
        open.delete(key)
      }
      if (kinds.length === 0) needs.delete(user)
      else needs.set(user, kinds)
    },
    stateOf: (kind) => open.get(watchKey(kind))?.state,
    has: (kind) => open.has(watchKey(kind)),
    kindsOf: (user) => needs.get(user) ?? [],
    close() {
      for (const watch of open.values()) watch.close()
      open.clear()
      needs.clear()
    },
  }
}
