import { controllerOf } from '@tiltts/core/kubernetes'
import type { KubernetesManifest, KubernetesRef, Pod } from '@tiltts/spec'

export type Owner = Pod['owners'][number]

/** Who made what, as far as it is known. */
export interface OwnerChains {
  /** An object was seen: now it is known who controls it. */
  learn(uid: string, object: Pick<KubernetesManifest, 'metadata'>): void
  /** Nothing can be found out about an owner: the chain ends there. */
  giveUp(uid: string): void
  /**
   * Owners of an object, nearest first.
   *
   * @returns `missing`: the last one, when nothing is known of its own owner yet
   */
  of(object: Pick<KubernetesManifest, 'metadata'>): { readonly owners: readonly Owner[]; readonly missing?: Owner }
  forget(uid: string): void
}

/** Nobody nests deeper; a circle ends here, too. */
const deepest = 20

export function ownerChains(): OwnerChains {
  const parents = new Map<string, Owner | undefined>()
  return {
    learn: (uid, object) => void parents.set(uid, parentOf(object)),
    giveUp: (uid) => void parents.set(uid, undefined),
    of(object) {
      const owners: Owner[] = []
      for (let owner = parentOf(object); owner !== undefined && owners.length < deepest; ) {
        owners.push(owner)
        if (!parents.has(owner.uid)) return { owners, missing: owner }
        owner = parents.get(owner.uid)
      }
      return { owners }
    },
    forget: (uid) => void parents.delete(uid),
  }
}

/** Owners are in the namespace of what they own, or have none. */
function parentOf(object: Pick<KubernetesManifest, 'metadata'>): Owner | undefined {
  const owner = controllerOf(object)
  return owner && { ...owner, namespace: object.metadata.namespace ?? '' }
}

export function ownerRef({ apiVersion, kind, namespace, name }: Owner): KubernetesRef {
  return { apiVersion, kind, namespace, name }
}
