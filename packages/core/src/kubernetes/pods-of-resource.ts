import type { AppliedObject, KubernetesDiscoverySpec, Pod } from '@tiltts/spec'
import { templateHashLabel } from './managed-labels.js'

/**
 * The pods that belong to a resource now, newest first: those that an applied object owns, however far up, or that were
 * applied themselves, as far as they were made from the templates of the newest apply; and those that a selector names.
 */
export function podsOfResource(
  pods: readonly Pod[],
  applied: readonly AppliedObject[],
  { strategy, extraSelectors }: Pick<KubernetesDiscoverySpec, 'strategy' | 'extraSelectors'>,
): readonly Pod[] {
  const uids = new Set(applied.map(({ uid }) => uid))
  const hashes = new Set(applied.flatMap(({ podTemplateHashes }) => podTemplateHashes))
  const isOwned = (pod: Pod): boolean => uids.has(pod.uid) || pod.owners.some(({ uid }) => uids.has(uid))
  const isCurrent = (pod: Pod): boolean => {
    const hash = pod.labels[templateHashLabel]
    return hash === undefined || hashes.size === 0 || hashes.has(hash)
  }
  const owned = strategy === 'selectors-only' ? [] : withoutOldReplicaSets(pods.filter(isOwned).filter(isCurrent))
  const found = new Set(owned)
  for (const pod of pods) if (extraSelectors.some((selector) => hasLabels(pod, selector))) found.add(pod)
  return [...found].toSorted(newestFirst)
}

/** By time of creation, then by name, so that the order is the same for everybody. */
export function newestFirst(a: Pod, b: Pod): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1
  return a.name < b.name ? 1 : a.name > b.name ? -1 : 0
}

function hasLabels({ labels }: Pod, selector: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector)
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value)
}

/** Of the ReplicaSets that one object owns, the one with the newest pod is the one that stays. */
function withoutOldReplicaSets(pods: readonly Pod[]): readonly Pod[] {
  const newest = new Map<string, string>()
  for (const { owners } of pods.toSorted(newestFirst)) {
    const [set, owner] = owners
    if (set?.kind === 'ReplicaSet' && owner !== undefined && !newest.has(owner.uid)) newest.set(owner.uid, set.uid)
  }
  return pods.filter(({ owners: [set, owner] }) => {
    if (set?.kind !== 'ReplicaSet' || owner === undefined) return true
    return newest.get(owner.uid) === set.uid
  })
}
