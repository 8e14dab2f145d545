import type { KubernetesDiscoverySpec, Pod } from '@tiltts/spec'

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
  const byMaker = new Map<string, Set<string>>()
  const byNamespace = new Map<string, Set<string>>()
  const waiting = new Map<string, Set<string>>()

  const makersOf = ({ uid, owners }: Pod): readonly string[] => [uid, ...owners.map((owner) => owner.uid)]
  const leave = (index: Map<string, Set<string>>, key: string, uid: string): void => {
    const found = index.get(key)
    found?.delete(uid)
    if (found?.size === 0) index.delete(key)
  }
  const join = (index: Map<string, Set<string>>, key: string, uid: string): void => {
    const found = index.get(key)
    if (found === undefined) index.set(key, new Set([uid]))
    else found.add(uid)
  }
  const remove = (uid: string): Pod | undefined => {
    const before = pods.get(uid)
    if (before === undefined) return undefined
    pods.delete(uid)
    for (const maker of makersOf(before)) leave(byMaker, maker, uid)
    leave(byNamespace, before.namespace, uid)
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
      for (const maker of makersOf(pod)) join(byMaker, maker, pod.uid)
      join(byNamespace, pod.namespace, pod.uid)
      return before
    },
    remove,
    madeBy: (uid) => podsOf(byMaker.get(uid) ?? []),
    waitingFor(owner) {
      const found = [...(waiting.get(owner) ?? [])]
      waiting.delete(owner)
      return found
    },
    wait: (owner, pod) => join(waiting, owner, pod),
    *inNamespaces(namespaces) {
      for (const namespace of namespaces) yield* podsOf(byNamespace.get(namespace) ?? [])
    },
  }
}

/** Whether a resource finds pods by their labels, or by the name of what it leads to. */
export function looksAround({ extraSelectors, target }: KubernetesDiscoverySpec): boolean {
  return extraSelectors.length > 0 || target !== undefined
}
