import { podOf, refOf } from '@tiltts/core/kubernetes'
import { keep } from '@tiltts/core/store'
import { isTiltError, type KubernetesManifest, type Pod } from '@tiltts/spec'
import type { Clock } from '../../ports/clock.js'
import type { Kubernetes } from '../../ports/kubernetes.js'
import { setIndex } from '../set-index.js'
import { type Tasks, worldsNo } from '../tasks.js'
import { type ClusterEvent, clusterEvent } from './cluster-events.js'
import { type ClusterWatches, clusterWatches } from './cluster-watches.js'
import { objectIndex, type SeenObject, uidOf } from './object-index.js'
import { type Owner, ownerChains, ownerRef } from './owner-chains.js'
import { podIndex } from './pod-index.js'
import { type WatchedKind, watchKey } from './watch-kinds.js'

export interface ClusterViewDeps {
  readonly kubernetes: Pick<Kubernetes, 'watch' | 'get'>
  readonly clock: Clock
  readonly tasks: Tasks
}

export interface ClusterViewSink {
  /** A pod is another one now; absent `after`: it is gone. */
  readonly onPod: (pods: { readonly before: Pod | undefined; readonly after: Pod | undefined }) => void
  readonly onObject: (uid: string) => void
  readonly onService: (service: { readonly namespace: string; readonly name: string }) => void
  readonly onEvent: (event: ClusterEvent) => void
  readonly onEventGone: (uid: string) => void
  /** An object or a pod is not there any more, which may have been told before. */
  readonly onGone: (uid: string) => void
  /** Those whose watches are in another state now. */
  readonly onState: (users: readonly string[]) => void
  /** Whether the user's own function judges objects of a kind, so that they are kept whole. */
  readonly keepsWhole: (kind: WatchedKind) => boolean
  /** Whether somebody has applied it, and is to be told when it is gone. */
  readonly isApplied: (uid: string) => boolean
}

/** What is known of a cluster, kept up to date by as few watches as it takes. */
export interface ClusterView extends Pick<ClusterWatches, 'need'> {
  pod(uid: string): Pod | undefined
  podsMadeBy(uid: string): Iterable<Pod>
  podsIn(namespaces: ReadonlySet<string>): Iterable<Pod>
  object(uid: string): SeenObject | undefined
  servicesIn(namespace: string): Iterable<SeenObject>
  /** Owners of what is no pod: of the ReplicaSet with this uid, say. Nearest first. */
  ownersOf(uid: string): readonly Owner[]
  /** Takes in an object as the server has just told it; nothing older counts from now on. */
  take(object: KubernetesManifest): void
  /** Nobody has applied it any more: what became of it does not matter. */
  release(uid: string): void
  /** Whether all that somebody needs was seen; what is forbidden cannot be waited for. */
  isKnown(user: string): boolean
  forbidden(user: string): readonly string[]
  /** Why owners could not be looked up, by namespace. */
  hiddenOwners(namespace: string): readonly string[]
  close(): void
}

const lookAgainMs = 2_000

export function clusterView({ kubernetes, clock, tasks }: ClusterViewDeps, sink: ClusterViewSink): ClusterView {
  const pods = podIndex()
  const objects = objectIndex()
  const chains = ownerChains()
  /** What each watch has told of, so that what is missing from its next list is known to be gone. */
  const told = setIndex()
  const looking = new Set<string>()
  const hidden = new Map<string, Set<string>>()
  const ending = new AbortController()

  const putPod = (object: KubernetesManifest): void => {
    const uid = uidOf(object)
    const { owners, missing } = chains.of(object)
    if (missing !== undefined) {
      pods.wait(missing.uid, uid)
      lookUp(missing)
    }
    // One that nobody made may have been applied itself.
    if (owners.length === 0) objects.see(object, sink.keepsWhole(kindOf(object)))
    // Frozen, so that the store takes this one rather than a copy of it.
    const after = keep(pods.get(uid), podOf(object, owners))
    sink.onPod({ before: pods.put(after), after })
  }

  /** More is known of an owner now: so it is of what it made. */
  const extend = (uid: string): void => {
    const { owners: above, missing } = chainFrom(uid)
    for (const waiting of pods.waitingFor(uid)) {
      const before = pods.get(waiting)
      if (before === undefined) continue
      if (missing !== undefined) pods.wait(missing.uid, waiting)
      const after = keep(before, { ...before, owners: [...before.owners, ...above] })
      sink.onPod({ before: pods.put(after), after })
    }
    if (missing !== undefined && missing.uid !== uid) lookUp(missing)
  }

  const chainFrom = (uid: string): ReturnType<typeof chains.of> => {
    const { owners, missing } = chains.of(controlledBy(uid))
    return { owners: owners.slice(1), ...(missing !== undefined && { missing }) }
  }

  /** What cannot be watched may still be asked for one by one. */
  const lookUpAll = (namespace: string): void => {
    for (const { owners } of pods.inNamespaces(new Set([namespace]))) {
      const last = owners.at(-1)
      if (last !== undefined && chainFrom(last.uid).missing !== undefined) lookUp(last)
    }
  }

  /** What is watched will be told of; of anything else it is asked once. */
  const lookUp = (owner: Owner): void => {
    const kind = { apiVersion: owner.apiVersion, kind: owner.kind, namespace: owner.namespace }
    if (looking.has(owner.uid) || (watches.has(kind) && watches.stateOf(kind)?.is !== 'forbidden')) return
    looking.add(owner.uid)
    tasks.run(`owner ${owner.kind}/${owner.name}`, async () => {
      try {
        const found = await kubernetes.get(ownerRef(owner), ending.signal)
        if (found !== undefined && uidOf(found) === owner.uid) chains.learn(owner.uid, found)
        else chains.giveUp(owner.uid)
      } catch (error) {
        if (ending.signal.aborted) return
        const message = worldsNo(error)
        if (isTiltError(error) && error.code === 'kubernetes/unreachable') {
          clock.timer(lookAgainMs, () => {
            looking.delete(owner.uid)
            if (!ending.signal.aborted) lookUp(owner)
          })
          return
        }
        chains.giveUp(owner.uid)
        hidden.set(owner.namespace, (hidden.get(owner.namespace) ?? new Set()).add(message))
      }
      extend(owner.uid)
    })
  }

  const put = (object: KubernetesManifest): void => {
    if (object.kind === 'Event') {
      sink.onEvent(clusterEvent(object))
      return
    }
    told.join(watchKey(refOf(object)), uidOf(object))
    if (isPod(object)) {
      putPod(object)
      return
    }
    const uid = uidOf(object)
    chains.learn(uid, object)
    extend(uid)
    if (!objects.see(object, sink.keepsWhole(kindOf(object)))) return
    sink.onObject(uid)
    if (isService(object)) sink.onService(refOf(object))
  }

  const remove = (object: KubernetesManifest): void => {
    const uid = uidOf(object)
    if (object.kind === 'Event') {
      sink.onEventGone(uid)
      return
    }
    told.leave(watchKey(refOf(object)), uid)
    forget(uid)
    if (isService(object)) sink.onService(refOf(object))
  }

  const forget = (uid: string): void => {
    const before = pods.remove(uid)
    if (before !== undefined) sink.onPod({ before, after: undefined })
    chains.forget(uid)
    looking.delete(uid)
    objects.remove(uid, sink.isApplied(uid))
    sink.onObject(uid)
    sink.onGone(uid)
  }

  const watches = clusterWatches(kubernetes, {
    onPut: put,
    onRemove: remove,
    onAll(kind, list) {
      if (kind.kind === 'Event') return
      const key = watchKey(kind)
      const present = new Set(list.map(uidOf))
      for (const uid of [...told.of(key)]) {
        if (present.has(uid)) continue
        told.leave(key, uid)
        forget(uid)
      }
    },
    onState({ namespace, kind }, users) {
      if (kind !== 'Event') lookUpAll(namespace)
      sink.onState(users)
    },
  })

  return {
    need: watches.need,
    pod: pods.get,
    podsMadeBy: pods.madeBy,
    podsIn: pods.inNamespaces,
    object: objects.get,
    servicesIn: objects.services,
    ownersOf: (uid) => chainFrom(uid).owners,
    take(object) {
      const generation = object.metadata['generation']
      if (typeof generation === 'number') {
        const seen = objects.get(uidOf(object))
        objects.atLeast(uidOf(object), generation)
        // A watch that has told of this generation knows more of it than the answer that is only read now.
        if (seen?.gone === false && (seen.generation ?? 0) >= generation) return
      }
      objects.see(object, sink.keepsWhole(kindOf(object)))
    },
    release: objects.release,
    isKnown: (user) =>
      watches.kindsOf(user).every((kind) => {
        const state = watches.stateOf(kind)?.is
        return state === 'following' || state === 'forbidden'
      }),
    forbidden: (user) =>
      watches.kindsOf(user).flatMap((kind) => {
        const state = watches.stateOf(kind)
        return state?.is === 'forbidden' ? [state.message] : []
      }),
    hiddenOwners: (namespace) => [...(hidden.get(namespace) ?? [])],
    close() {
      ending.abort(new Error('the session ends'))
      watches.close()
    },
  }
}

function kindOf({ apiVersion, kind, metadata }: KubernetesManifest): WatchedKind {
  return { apiVersion, kind, namespace: metadata.namespace ?? '' }
}

/** Stands for anything that an owner controls. */
function controlledBy(uid: string): Pick<KubernetesManifest, 'metadata'> {
  return { metadata: { name: '', ownerReferences: [{ apiVersion: '', kind: '', name: '', uid, controller: true }] } }
}

function isPod({ apiVersion, kind }: KubernetesManifest): boolean {
  return kind === 'Pod' && apiVersion === 'v1'
}

function isService({ apiVersion, kind }: KubernetesManifest): boolean {
  return kind === 'Service' && apiVersion === 'v1'
}
