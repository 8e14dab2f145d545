import type { NewMeta, ObjectStore } from '@tiltts/core/store'
import { annotation, type KubernetesApply, type OwnApply } from '@tiltts/spec'

/** Makes what finds the pods of a client's deployment, and the ports that lead there. What others made is left alone. */
export function putChildren(store: ObjectStore, { metadata }: KubernetesApply, own: OwnApply): void {
  const { name, uid } = metadata
  const resource = metadata.annotations?.[annotation.resource]
  const meta: NewMeta = {
    ownerReferences: [
      {
        apiVersion: 'tilt.dev/v1alpha1',
        kind: 'KubernetesApply',
        name,
        uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
    ...(resource !== undefined && { annotations: { [annotation.resource]: resource } }),
  }
  const isFree = (kind: 'KubernetesDiscovery' | 'PortForward'): boolean => {
    const present = store.get(kind, name)
    return present === undefined || isOwnedBy(present, uid)
  }
  store.update({ by: 'kubernetes-apply' }, (tx) => {
    if (isFree('KubernetesDiscovery'))
      tx.put(
        'KubernetesDiscovery',
        name,
        {
          strategy: own.strategy,
          extraSelectors: own.extraSelectors,
          podReadiness: 'wait',
          namespaces: [''],
        },
        { known: false, pods: [], objects: [], urls: [], forbidden: [], startedOnce: false, completedOnce: false },
        meta,
      )
    if (!isFree('PortForward')) return
    if (own.forwards.length === 0) tx.delete('PortForward', name)
    else tx.put('PortForward', name, { forwards: own.forwards, discovery: name }, { forwards: [] }, meta)
  })
}

export function dropChildren(store: ObjectStore, name: string, owner: string): void {
  store.update({ by: 'kubernetes-apply' }, (tx) => {
    for (const kind of ['PortForward', 'KubernetesDiscovery'] as const) {
      const present = tx.get(kind, name)
      if (present !== undefined && isOwnedBy(present, owner)) tx.delete(kind, name)
    }
  })
}

function isOwnedBy({ metadata }: Pick<KubernetesApply, 'metadata'>, uid: string): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid) === true
}
