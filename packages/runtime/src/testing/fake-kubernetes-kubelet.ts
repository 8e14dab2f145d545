import type { KubernetesManifest } from '@tiltts/spec'
import type { FakeContainerHost } from './fake-kubernetes-container.js'
import { type FakePod, fakePod } from './fake-kubernetes-pod.js'
import type { FakeStore } from './fake-kubernetes-store.js'

export interface KubeletParts extends FakeContainerHost {
  readonly store: FakeStore
  readonly startMs: number
  readonly readyMs: number
  /** Why an image cannot be pulled; `undefined`: it can. */
  readonly pullFailure: (ref: string) => string | undefined
  /** Why no pod can be placed. */
  readonly full: () => string | undefined
}

export interface Kubelet {
  pod(namespace: string, name: string): FakePod | undefined
  /** Something has changed that pods may wait for. */
  again(): void
}

/** Runs the pods of a store. */
export function runKubelet(parts: KubeletParts): Kubelet {
  const { store } = parts
  const pods = new Map<string, FakePod>()
  const uidOf = (object: KubernetesManifest): string => String(object.metadata['uid'])
  store.listen(({ type, object }) => {
    if (object.kind !== 'Pod') return
    const uid = uidOf(object)
    if (type === 'remove') {
      pods.get(uid)?.remove()
      pods.delete(uid)
      return
    }
    if (!pods.has(uid)) pods.set(uid, fakePod(parts, object))
    if (object.metadata['deletionTimestamp'] !== undefined) pods.get(uid)?.end()
  })
  return {
    pod(namespace, name) {
      const object = store.get({ apiVersion: 'v1', kind: 'Pod', namespace, name })
      return object && pods.get(uidOf(object))
    },
    again() {
      for (const object of store.all('v1', 'Pod')) pods.get(uidOf(object))?.again()
    },
  }
}
