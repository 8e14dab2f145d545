import type { Pod } from '@tiltts/spec'
import { setIndex } from '../set-index.js'

/** All pods that are watched, found by who made them and by their labels. */
export interface PodIndex {
  get(uid: string): Pod | undefined
  /** Also tells of the pod as it was before. */
  put(pod: Pod): Pod | undefined
  remove(uid: string): Pod | undefined
  /** What an object made, however far down, and itself. */
  madeBy(uid: string): Iterable<Pod>
  /** Those that wait for more to be known of an owner. */
  waitingFor(owner: string): readonly string[]
  wait(owner: string, pod: string): void
  /** Pods of some namespaces, for those who look by labels. */
  inNamespaces(namespaces: ReadonlySet<string>): Iterable<Pod>
}

export function podIndex(): PodIndex {
  const pods = new Map<string, Pod>()
  const byMaker = setIndex()
  const byNamespace = setIndex()
  const waiting = setIndex()

  const makersOf = ({ uid, owners }: Pod): readonly string[] => [uid, ...owners.map((owner) => owner.uid)]
  const remove = (uid: string): Pod | undefined => {
    const before = pods.get(uid)
    if (before === undefined) return undefined
    pods.delete(uid)
    for (const maker of makersOf(before)) byMaker.leave(maker, uid)
    byNamespace.leave(before.namespace, uid)
    return before
  }
  function* podsOf(uids: Iterable<string>): Iterable<Pod> {
    for (const uid of uids) {
      const pod = pods.get(uid)
      if (pod !== undefined) yield pod
    }
  }

  return {
    get: (uid) => pods.get(uid),
    put(pod) {
      const before = remove(pod.uid)
      pods.set(pod.uid, pod)
      for (const maker of makersOf(pod)) byMaker.join(maker, pod.uid)
      byNamespace.join(pod.namespace, pod.uid)
      return before
    },
    remove,
    madeBy: (uid) => podsOf(byMaker.of(uid)),
    waitingFor: (owner) => [...waiting.take(owner)],
    wait: waiting.join,
    *inNamespaces(namespaces) {
      for (const namespace of namespaces) yield* podsOf(byNamespace.of(namespace))
    },
  }
}
